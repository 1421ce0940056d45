import { turnOnApp } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ settings: { LICET_SECOND_FACTOR: 'required' } });
const PASSWORD = 'correct horse battery';

test('where a second factor is required, an operator sets one up before anything else', async ({ person }) => {
  const first = await person();
  const { setupLink, url } = stack.licet;
  const navigation = first.getByRole('navigation', { name: 'Main' });

  await test.step('nothing else is open, wherever one goes', async () => {
    await first.goto(setupLink);
    await first.getByRole('textbox', { name: 'Username' }).fill('olga');
    await first.getByLabel(/^Password/).fill(PASSWORD);
    await first.getByLabel(/^Repeat the password/).fill(PASSWORD);
    await first.getByRole('button', { name: 'Set up and sign in' }).click();
    await expect(first.getByRole('heading', { name: 'Set up a second factor' })).toBeVisible();
    await first.goto(`${url}/#/roles`);
    await expect(first.getByRole('heading', { name: 'Set up a second factor' })).toBeVisible();
    await expect(navigation.getByRole('link', { name: 'Roles' })).toHaveCount(0);
  });

  await test.step('an authenticator app opens the console, once the recovery codes were there to be kept', async () => {
    await turnOnApp(first, PASSWORD);
    await expect(first.getByRole('region', { name: 'Recovery codes' })).toBeVisible();
    await first.getByRole('button', { name: 'Open the console' }).click();
    await expect(first.getByRole('heading', { name: 'Roles' })).toBeVisible();
    await expect(navigation.getByRole('link', { name: 'Roles' })).toBeVisible();
  });
});
