import { expect, type Locator, type Page } from '@playwright/test';
import { generateSync } from 'otplib';
import { OWNER, type ControlPlane } from './control-plane.ts';

/** Opens a page of the console as the owner. The session is made through the API: what is on the screen is the story's. */
export async function openConsole(page: Page, licet: ControlPlane, path = '/'): Promise<void> {
  const answer = await page.context().request.post(`${licet.url}/api/v1/session`, { data: OWNER });
  expect(answer.status()).toBe(200);
  await page.goto(`${licet.url}/#${path}`);
}

/** Goes to a screen by the menu. */
export async function openScreen(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
}

/** Picks a row by its key in a field that searches on the server. */
export async function pick(scope: Page | Locator, label: string, key: string): Promise<void> {
  const field = scope.getByRole('combobox', { name: label });
  await field.fill(key);
  const page = 'page' in scope ? scope.page() : scope;
  await page.getByRole('option', { name: key }).first().click();
}

/** The notice that says what was done. */
export function notice(page: Page, text: string): Locator {
  return page.getByRole('status').filter({ hasText: text });
}

/** Waits until the console has said that a form is saved, and has left it for the page of the row: it would leave what is opened before that. */
export async function hasSaved(page: Page, row: string, path: string): Promise<void> {
  await expect(notice(page, `Saved the ${row}.`)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`#${path}/show$`));
}

/** The moment at which the browser has the answer to a write, with the revision that it made. */
export async function saved(page: Page, method: string, collection: string): Promise<{ at: number; revision: number }> {
  const answer = await page.waitForResponse(
    (response) => response.request().method() === method && new URL(response.url()).pathname.startsWith(`/api/v1/${collection}`),
  );
  const at = performance.now();
  expect(answer.ok()).toBe(true);
  return { at, revision: Number(answer.headers()['licet-revision']) };
}

/** An entry of a log by what its line says, opened. */
export async function openEntry(page: Page, line: RegExp): Promise<Locator> {
  const entry = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: line }) });
  await entry.getByRole('button', { name: line }).click();
  return entry;
}

/** Sets up an authenticator app in the account that is open; then the recovery codes are in sight. */
export async function turnOnApp(page: Page, password: string): Promise<void> {
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
  const secret = (await page.getByRole('region', { name: 'The secret' }).textContent()) ?? '';
  await page.getByLabel(/^Your password/).fill(password);
  await page.getByLabel(/^Code of the app/).fill(generateSync({ secret: secret.replace('Copy', '').trim() }));
  await page.getByRole('button', { name: 'Turn on' }).click();
}
