import type { Page } from '@playwright/test';
import { hasSaved, notice, openConsole, openScreen, pick } from '../src/console.ts';
import { OWNER } from '../src/control-plane.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ setUp: 'with the example' });

test('what is typed faster than the server answers is taken for nothing else', async ({ person }) => {
  const operator = await person();
  const { licet } = stack;
  for (const id of ['audrey', 'zoe-2', 'zoe-20']) await licet.create('users', { id });
  await openConsole(operator, licet, '/assignments/create');
  const field = operator.getByRole('combobox', { name: 'User' });

  await test.step('Enter waits for the rows that match, and takes the whole key before others that begin like it', async () => {
    await field.click();
    await expect(operator.getByRole('option', { name: /^audrey/ })).toBeVisible();
    await field.pressSequentially('zoe-2');
    await field.press('Enter');
    await expect(operator.getByRole('option', { name: /^zoe-20/ })).toBeVisible();
    await expect(field).toHaveValue('zoe-2');
    await field.press('Enter');
    await expect(operator.getByRole('option')).toHaveCount(0);
    await expect(operator.getByRole('button', { name: 'Clear' })).toBeVisible();
    await expect(field).toHaveValue('zoe-2');
  });

  await test.step('a whole key that was typed stays when the field is left', async () => {
    await field.press('ControlOrMeta+a');
    await field.pressSequentially('zoe-20');
    await expect(operator.getByRole('option', { name: /^zoe-20/ })).toBeVisible();
    await expect(operator.getByRole('option', { name: /^audrey/ })).toHaveCount(0);
    await field.press('Tab');
    await expect(field).toHaveValue('zoe-20');
  });

  await test.step('an end that has passed is said, and nothing is assigned', async () => {
    await operator.getByLabel('Until').fill('2020-01-01T00:00');
    await operator.getByRole('button', { name: 'Assign', exact: true }).click();
    await expect(operator.getByText('This has passed already.')).toBeVisible();
  });

  await test.step('a part of an id is enough to find the one to filter by, and filters nothing by itself', async () => {
    for (const user of ['zoe-2', 'zoe-20']) await licet.create('assignments', { user, role: 'user', tenant: 'default' });
    await operator.goto(`${licet.url}/#/assignments`);
    await operator.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Leave' }).click();
    const filter = operator.getByRole('search').getByRole('combobox', { name: 'User' });
    await filter.fill('oe-2');
    await operator.getByRole('option', { name: /^zoe-20/ }).click();
    await expect(operator.getByRole('rowheader')).toHaveText(['zoe-20']);
    await filter.fill('zoe-2');
    await filter.press('Enter');
    await expect(operator.getByRole('rowheader')).toHaveText(['zoe-2']);
    await filter.fill('oe-2');
    await filter.press('Tab');
    await expect(operator.getByText('a filter by an id finds the whole id only')).toBeVisible();
  });
});

test('a session that has ended and a server that is away are said, and no success with them', async ({ person }) => {
  const operator = await person({ refusals: [401, 412] });
  const { licet } = stack;
  await licet.create('roles', { id: 'scribe', description: 'Writes' });

  await test.step('without a connection a write fails at once, and is not sent later', async () => {
    await openConsole(operator, licet, '/groups/create');
    await operator.getByRole('textbox', { name: 'Id' }).fill('late');
    await operator.context().setOffline(true);
    await operator.getByRole('button', { name: 'Create' }).click();
    await expect(operator.getByRole('alert')).toContainText('No answer from the server.');
    await operator.context().setOffline(false);
    expect(await licet.rows('groups', { q: 'late' })).toEqual([]);
  });

  await test.step('a session that has ended is said at the sign-in, and the change is not called saved', async () => {
    operator.once('dialog', (dialog) => void dialog.accept()); // the group that was not sent
    await openConsole(operator, licet, '/roles/scribe');
    await operator.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Leave' }).click();
    await operator.getByRole('textbox', { name: 'Description' }).fill('Writes and corrects');
    await operator.context().clearCookies();
    await operator.getByRole('button', { name: 'Save' }).click();
    await expect(operator.getByRole('alert')).toContainText('Your session has ended.');
    await expect(operator.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
    await expect(notice(operator, 'Saved the role')).toHaveCount(0);
    expect(await licet.rows('roles', { q: 'scribe' })).toMatchObject([{ description: 'Writes' }]);
  });

  await test.step('after the sign-in what was typed is in the form again, and what others saved meanwhile is not overwritten', async () => {
    const [row] = await licet.rows('roles', { q: 'scribe' });
    await licet.ask('PATCH', 'roles/scribe', { body: { name: 'Scribe' }, version: row?.version ?? 0 });
    await signIn(operator, OWNER);
    await expect(notice(operator, 'What you had entered is in the form again.')).toBeVisible();
    await expect(operator.getByRole('textbox', { name: 'Description' })).toHaveValue('Writes and corrects');
    await operator.getByRole('button', { name: 'Save' }).click();
    const conflict = operator.getByRole('dialog', { name: 'Somebody else changed it meanwhile' });
    await conflict.getByRole('button', { name: 'Put into the form' }).click();
    await operator.getByRole('button', { name: 'Save' }).click();
    await hasSaved(operator, 'role scribe', '/roles/scribe');
    expect(await licet.rows('roles', { q: 'scribe' })).toMatchObject([{ name: 'Scribe', description: 'Writes and corrects' }]);
  });

  await test.step('what the form was filled with by its address does not take its place, and a search is enough to find the session ended', async () => {
    await operator.goto(`${licet.url}/#${createWith({ user: 'audrey', tenant: 'default' })}`);
    await pick(operator, 'User', 'zoe-20');
    await operator.getByRole('textbox', { name: 'Reason' }).fill('typed before lunch');
    await operator.context().clearCookies();
    await operator.getByRole('combobox', { name: 'Role' }).fill('adm');
    await signIn(operator, OWNER);
    await expect(operator.getByRole('textbox', { name: 'Reason' })).toHaveValue('typed before lunch');
    await expect(operator.getByRole('combobox', { name: 'User' })).toHaveValue('zoe-20');
  });

  await test.step('whoever comes back by an identity provider, and so at the home page, is led to it', async () => {
    await operator.context().clearCookies();
    await operator.getByRole('combobox', { name: 'Role' }).fill('use');
    await expect(operator.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await openConsole(operator, licet);
    await expect(operator.getByRole('textbox', { name: 'Reason' })).toHaveValue('typed before lunch');
  });

  await test.step('nobody else gets it, and it does not wait for its operator after that', async () => {
    const grace = { username: 'grace', password: 'grace has a long one' };
    const { link } = await licet.ask<{ link: string }>('POST', 'operators', { body: { id: 'grace', role: 'licet.owner' } });
    await licet.ask('POST', 'session/link', { body: { token: /token=([^&]*)/.exec(link)?.[1], password: grace.password } });
    await operator.context().clearCookies();
    await operator.getByRole('combobox', { name: 'Role' }).fill('use');
    for (const who of [grace, OWNER]) {
      await signIn(operator, who);
      await expect(operator.getByRole('heading', { name: 'Assign a role' })).toBeVisible();
      await expect(operator.getByRole('combobox', { name: 'Tenant' })).toHaveValue('default');
      await expect(operator.getByRole('combobox', { name: 'User' })).not.toHaveValue('zoe-20');
      await expect(operator.getByRole('textbox', { name: 'Reason' })).toHaveValue('');
      await operator.context().clearCookies();
      await operator.getByRole('combobox', { name: 'Role' }).fill('use');
    }
  });
});

test('a form is not left with what was typed, whichever way one goes', async ({ person }) => {
  const operator = await person();
  await openConsole(operator, stack.licet, '/groups');
  await operator.getByRole('link', { name: 'Create group' }).first().click();
  const field = operator.getByRole('textbox', { name: 'Id' });
  await field.fill('typed');
  const question = operator.getByRole('dialog', { name: 'Leave without saving?' });
  const stay = async () => {
    await question.getByRole('button', { name: 'Stay' }).click();
    await expect(question).toBeHidden();
    await expect(field).toHaveValue('typed');
    expect(operator.url()).toContain('#/groups/create');
  };
  const type = (path: string) => operator.evaluate((hash) => (location.hash = hash), path);

  await operator.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Roles' }).click();
  await stay();
  await operator.goBack({ waitUntil: 'commit' });
  await stay();
  await operator.getByRole('button', { name: 'olga' }).click();
  await operator.getByRole('menuitem', { name: 'Sign out' }).click();
  await stay();
  await type('/roles');
  await stay();

  await test.step('closing the page asks in the words of the browser', async () => {
    const asked = operator.waitForEvent('dialog');
    await operator.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await expect(field).toHaveValue('typed');
  });

  await test.step('whoever means it goes', async () => {
    await type('/roles');
    await question.getByRole('button', { name: 'Leave' }).click();
    await expect(operator.getByRole('heading', { name: 'Roles', level: 1 })).toBeVisible();
    await openScreen(operator, 'Users');
    await expect(question).toHaveCount(0);
  });
});

test('what is shown once is not left before it was copied, or is said to be kept', async ({ person }) => {
  const operator = await person({ refusals: [401] });
  const { licet } = stack;
  await openConsole(operator, licet, '/api-keys/create');
  await operator.getByRole('textbox', { name: 'Name' }).fill('billing');
  await operator.getByRole('button', { name: 'Create' }).click();
  const key = operator.getByRole('region', { name: 'The API key' });
  const question = operator.getByRole('dialog', { name: 'Leave without the API key?' });
  const away = () => operator.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Roles' }).click();

  await test.step('neither by a link, nor by signing out, nor because the session has ended meanwhile', async () => {
    await expect(key).toContainText('lct_');
    await away();
    await question.getByRole('button', { name: 'Go back and copy' }).click();
    await operator.getByRole('button', { name: 'olga' }).click();
    await operator.getByRole('menuitem', { name: 'Sign out' }).click();
    await question.getByRole('button', { name: 'Go back and copy' }).click();
    const cookies = await operator.context().cookies();
    await operator.context().clearCookies();
    const refused = operator.waitForResponse((answer) => answer.status() === 401);
    await operator.evaluate(() => dispatchEvent(new Event('visibilitychange'))); // the page reads anew what it shows
    await refused;
    await expect(key).toContainText('lct_');
    await operator.context().addCookies(cookies);
  });

  await test.step('once it was copied, within a program too, nothing is asked', async () => {
    await operator.context().grantPermissions(['clipboard-write']);
    await operator.getByRole('button', { name: 'Copy: A program for Flask' }).click();
    await away();
    await expect(operator.getByRole('heading', { name: 'Roles', level: 1 })).toBeVisible();
  });

  await test.step('whoever says that it is kept is believed', async () => {
    await operator.goto(`${licet.url}/#/operators/create`);
    await operator.getByRole('textbox', { name: 'Username' }).fill('ines');
    await pick(operator, 'Console role', 'licet.auditor');
    await operator.getByRole('button', { name: 'Invite', exact: true }).click();
    await expect(operator.getByRole('heading', { name: 'ines is invited' })).toBeVisible();
    await operator.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Home' }).click();
    await operator
      .getByRole('dialog', { name: 'Leave without the link for ines?' })
      .getByRole('button', { name: 'Go back and copy' })
      .click();
    await operator.getByRole('link', { name: 'I have copied it' }).click();
    await expect(operator.getByRole('heading', { name: 'ines', level: 1 })).toBeVisible();
  });
});

const createWith = (values: object) => `/assignments/create?source=${encodeURIComponent(JSON.stringify(values))}`;

async function signIn(page: Page, { username, password }: typeof OWNER): Promise<void> {
  await page.getByRole('textbox', { name: 'Username' }).fill(username);
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
