import type { Page } from '@playwright/test';
import { openScreen } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({});
const PASSWORD = 'correct horse battery';

test('the printed link makes the first operator, with the example, and works once', async ({ person }) => {
  const first = await person({ refusals: [401] });
  const { setupLink, url } = stack.licet;

  await test.step('without the link, the sign-in page says what to do', async () => {
    await first.goto(url);
    await expect(first.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await expect(first.getByRole('alert')).toContainText('#/setup?token=');
  });

  await test.step('a short password is not taken', async () => {
    await first.goto(setupLink);
    await fillSetUp(first, 'short');
    await first.getByRole('button', { name: 'Set up and sign in' }).click();
    await expect(first.getByText('7 more characters needed')).toBeVisible();
    await expect(first.getByLabel(/^Password/)).toHaveAttribute('aria-invalid', 'true');
  });

  await test.step('the link makes the first operator', async () => {
    await fillSetUp(first, PASSWORD);
    await expect(first.getByRole('checkbox', { name: /Load the example/ })).toBeChecked();
    await first.getByRole('button', { name: 'Set up and sign in' }).click();
    await expect(first.getByRole('heading', { name: 'Home' })).toBeVisible();
    expect(first.url(), 'the token left the address bar').not.toContain('token');
  });

  await test.step('the example is there', async () => {
    await openScreen(first, 'Roles');
    const roles = first.getByRole('table', { name: 'Roles' });
    await expect(roles.getByRole('link', { name: 'admin', exact: true })).toBeVisible();
    await expect(roles.getByRole('link', { name: 'user', exact: true })).not.toHaveCount(0);
  });

  await test.step('signed out, a wrong password does not open', async () => {
    await first.getByRole('region', { name: 'Account' }).getByRole('button', { name: 'olga' }).click();
    await first.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(first.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await signIn(first, 'not the password');
    await expect(first.getByRole('alert')).toContainText('the password is wrong');
  });

  await test.step('the right one does, and leads back to where one was', async () => {
    await first.goto(`${url}/#/audit-entries`);
    await expect(first.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await signIn(first, PASSWORD);
    await expect(first.getByRole('heading', { name: 'Audit trail' })).toBeVisible();
    await expect(first.getByRole('button', { name: /load the example/ })).not.toHaveCount(0);
    await first.reload();
    await expect(first.getByRole('heading', { name: 'Audit trail' })).toBeVisible();
  });

  await test.step('whoever has the link later gets nothing by it', async () => {
    const second = await person({ refusals: [403] });
    await second.goto(setupLink);
    await fillSetUp(second, 'another long password');
    await second.getByRole('button', { name: 'Set up and sign in' }).click();
    await expect(second.getByRole('alert')).toContainText('not valid');
    await second.goto(`${url}/#/roles`);
    await expect(second.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  });
});

async function fillSetUp(page: Page, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Username' }).fill('olga');
  await page.getByLabel(/^Password/).fill(password);
  await page.getByLabel(/^Repeat the password/).fill(password);
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Username' }).fill('olga');
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
