import { expect, type Page } from '@playwright/test';
import type { Application } from './applications.ts';

export const PASSWORD = 'a long enough password';

/** Signs up in the Flask application, on the screen. */
export async function signUp(page: Page, { url }: Application, username: string, name: string): Promise<void> {
  await page.goto(`${url}/register`);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await expect(page.getByRole('heading', { name: 'Tasks' })).toBeVisible();
}

/** Signs in with an account that is there already. */
export async function signIn(page: Page, { url }: Application, username: string): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Tasks' })).toBeVisible();
}

/** What the person's browser sends with a form of the application. */
export async function token(page: Page): Promise<string> {
  return page.locator('input[name=csrf_token]').first().inputValue();
}

/** Makes a task for whoever is signed in. Gives its path, for instance `/tasks/3`. */
export async function createTask(page: Page, { url }: Application, title: string): Promise<string> {
  const form = { csrf_token: await token(page), title, details: '' };
  const answer = await page.request.post(`${url}/tasks/new`, { form, maxRedirects: 0 });
  expect(answer.status()).toBe(302);
  return answer.headers()['location'] ?? '';
}

/** What the Delete button of a task sends. Gives the status: 302 where it is deleted, 403 where that is refused. */
export async function deleteTask(page: Page, { url }: Application, path: string, csrf: string): Promise<number> {
  const answer = await page.request.post(`${url}${path}/delete`, {
    form: { csrf_token: csrf },
    headers: { accept: 'text/html' },
    maxRedirects: 0,
  });
  return answer.status();
}
