import type { Page } from '@playwright/test';
import { settled } from '../src/accessibility.ts';
import { openConsole, openEntry, openScreen, pick, turnOnApp } from '../src/console.ts';
import { OWNER } from '../src/control-plane.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ setUp: 'empty', identityProvider: true });
const [FIRST, SECOND] = ['grace has a long one', 'and another long one'];

test('an operator is invited, looks after the own account, and is shut out', async ({ person }) => {
  test.setTimeout(180_000); // a whole life of an account, with a password hashed at each step
  const olga = await person();
  const grace = await person({ refusals: [400, 401, 403] });
  let link = '';

  await test.step('the owner invites, and gets a link to hand over', async () => {
    await stack.licet.apiKey('crm');
    await openConsole(olga, stack.licet);
    await openScreen(olga, 'Operators');
    await olga.getByRole('link', { name: 'Invite operator' }).click();
    await olga.getByRole('textbox', { name: 'Username' }).fill('grace');
    await pick(olga, 'Console role', 'licet.policy-editor');
    await olga.getByRole('button', { name: 'Invite', exact: true }).click();
    await expect(olga.getByRole('heading', { name: 'grace is invited' })).toBeVisible();
    link = (await olga.getByRole('region', { name: 'The link for grace' }).textContent()) ?? '';
    expect(link.startsWith(stack.licet.url)).toBe(true);
    await olga.getByRole('link', { name: 'I have copied it' }).click();
    await expect(olga.getByText('Invited', { exact: true })).toBeVisible();
    await expect(olga.getByText('token=')).toHaveCount(0);
  });

  await test.step('by the link the operator chooses a password and is signed in', async () => {
    await grace.goto(link);
    await choose(grace, 'Password', 'Repeat the password', FIRST);
    await grace.getByRole('button', { name: 'Choose and sign in' }).click();
    await expect(grace.getByRole('heading', { name: 'Home' })).toBeVisible();
    expect(grace.url()).not.toContain('token');
    await openScreen(grace, 'Roles');
    await expect(grace.getByRole('link', { name: 'Create role' }).first()).toBeVisible();
    await expect(grace.getByRole('link', { name: 'Invite operator' })).toHaveCount(0);
  });

  await test.step('the link is used up', async () => {
    const eve = await person({ refusals: [401, 403] });
    await eve.goto(link);
    await choose(eve, 'Password', 'Repeat the password', SECOND);
    await eve.getByRole('button', { name: 'Choose and sign in' }).click();
    await expect(eve.getByRole('alert')).toContainText('not valid');
  });

  await test.step('the operator changes the password, and sees the session', async () => {
    await openAccount(grace, 'My account');
    await expect(grace.getByRole('heading', { name: 'My account' })).toBeVisible();
    await grace.getByLabel(/^Present password/).fill('not the password');
    await choose(grace, 'New password', 'Repeat the new password', SECOND);
    await grace.getByRole('button', { name: 'Change the password' }).click();
    await expect(grace.getByText('This is not the password of your account')).toBeVisible();
    await grace.getByLabel(/^Present password/).fill(FIRST);
    await grace.getByRole('button', { name: 'Change the password' }).click();
    await expect(grace.getByRole('status').filter({ hasText: 'Your password is changed' })).toBeVisible();
    await expect(grace.getByRole('table', { name: 'Sessions' }).getByText('This one')).toBeVisible();
  });

  await test.step('the operator sets up an authenticator app, and is asked for a code at the next sign-in', async () => {
    await turnOnApp(grace, SECOND);
    const codes = await grace.getByRole('region', { name: 'Recovery codes' }).textContent();
    await grace.getByRole('button', { name: 'I have kept them' }).click();
    await expect(grace.getByRole('button', { name: 'Turn off' })).toBeVisible();
    await openScreen(grace, 'Users');
    await grace.getByRole('searchbox').fill('somebody in particular');
    await expect.poll(() => stored(grace)).toContain('somebody in particular');
    await openAccount(grace, 'Sign out');
    await expect(grace.getByRole('textbox', { name: 'Username' })).toBeVisible();
    expect(await stored(grace)).not.toContain('somebody in particular');
    await grace.getByRole('textbox', { name: 'Username' }).fill('grace');
    await grace.getByLabel(/^Password/).fill(SECOND);
    await grace.getByRole('button', { name: 'Sign in', exact: true }).click();
    await grace.getByRole('textbox', { name: 'Code' }).fill(codes?.split('\n')[0]?.trim() ?? '');
    await grace.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(grace.getByRole('navigation', { name: 'Main' })).toBeVisible();
  });

  await test.step('the operator adds a passkey, and signs in with it alone', async () => {
    await addAuthenticator(grace);
    await openAccount(grace, 'My account');
    await grace.getByRole('button', { name: 'Add a passkey' }).click();
    await grace.getByRole('textbox', { name: 'Name of the passkey' }).fill('telephone');
    await grace.getByRole('button', { name: 'Go on' }).click();
    await expect(grace.getByRole('table', { name: 'Passkeys' }).getByRole('rowheader', { name: 'telephone' })).toBeVisible();
    await openAccount(grace, 'Sign out');
    await grace.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(grace.getByRole('navigation', { name: 'Main' })).toBeVisible();
  });

  await test.step('after a while, a privileged act asks who is there, and goes on with what was typed', async () => {
    stack.licet.forget('grace');
    await openAccount(grace, 'My account');
    await grace.getByLabel(/^Present password/).fill(SECOND);
    await choose(grace, 'New password', 'Repeat the new password', FIRST);
    await grace.getByRole('button', { name: 'Change the password' }).click();
    const dialog = grace.getByRole('dialog', { name: 'Confirm it is you' });
    await dialog.getByLabel(/^Your password/).fill('not the password');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await expect(dialog.getByText('This is not the password of your account')).toBeVisible();
    await dialog.getByRole('button', { name: 'Use a passkey' }).click();
    await expect(grace.getByRole('status').filter({ hasText: 'Your password is changed' })).toBeVisible();
    await expect(dialog).toHaveCount(0);
  });

  await test.step('disabled, the operator is out at once', async () => {
    await olga.reload();
    await olga.getByRole('button', { name: 'Disable', exact: true }).click();
    await olga.getByRole('button', { name: 'Disable the operator' }).click();
    await expect(olga.getByText('Disabled', { exact: true })).toBeVisible();
    await grace.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Users', exact: true }).click();
    await expect(grace.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  });

  await test.step('the owner links an identity at a provider, and signs in there; somebody unknown is told what to do', async () => {
    await openAccount(olga, 'My account', 'olga');
    await olga.getByRole('button', { name: 'Link with Test provider' }).click();
    await olga.getByLabel(/^Your password/).fill(OWNER.password);
    await olga.getByRole('button', { name: 'Go on to Test provider' }).click();
    await nameYourself(olga, 'olga at the provider');
    await expect(olga.getByRole('status').filter({ hasText: 'Your account is linked' })).toBeVisible();
    await openAccount(olga, 'Sign out', 'olga');
    await olga.getByRole('button', { name: 'Sign in with Test provider' }).click();
    await expect(olga.getByRole('navigation', { name: 'Main' })).toBeVisible(); // still signed in there
    const mallory = await person();
    await mallory.goto(stack.licet.url);
    await mallory.getByRole('button', { name: 'Sign in with Test provider' }).click();
    await nameYourself(mallory, 'olga');
    await expect(mallory.getByRole('alert')).toContainText('ask an owner for an invitation');
    await expect(mallory.getByRole('textbox', { name: 'Username' })).toBeVisible();
  });

  await test.step('the owner sees who came in, and who tried to', async () => {
    await openScreen(olga, 'Security events');
    const events = olga.getByRole('list', { name: 'Security events' });
    await expect(events).toContainText('olga signed in with identity provider');
    await expect(events).toContainText('could not sign in with identity provider: no such identity, or no account for it');
    await expect(events).toContainText('grace could not prove who they are with password: wrong password');
    await expect(events).toContainText('grace began to sign in with password, and was asked for a second factor');
    await openScreen(olga, 'Home');
    const concerns = olga.getByRole('region', { name: 'Security, 24 h' });
    await expect(concerns).toContainText('olga made grace an operator');
    await expect(concerns).not.toContainText('asked for a second factor'); // it followed
    await concerns.getByRole('link', { name: /could not sign in with identity provider/ }).click();
    await expect(events.getByRole('listitem')).toHaveCount(1);
    await expect(olga.getByRole('combobox', { name: 'Show' })).toHaveText('What wants a look');
    await openScreen(olga, 'Home');
    await concerns.getByRole('link', { name: /olga made the API key crm/ }).click();
    const made = await openEntry(olga, /olga made the API key crm/);
    await expect(made).toContainText('of service:crm');
    await made.getByRole('link', { name: 'crm', exact: true }).click();
    await expect(olga.getByRole('heading', { name: 'crm', level: 1 })).toBeVisible();
  });

  await test.step('the keys that an operator made are named before the account goes', async () => {
    await openScreen(olga, 'Operators');
    await olga.getByRole('link', { name: 'olga', exact: true }).click();
    await olga.getByRole('button', { name: 'Delete', exact: true }).click();
    const dialog = olga.getByRole('dialog', { name: 'Delete the operator olga?' });
    await expect(dialog).toContainText('An API key that this operator made goes on working: crm.');
    await dialog.getByRole('link', { name: 'crm', exact: true }).click();
    await expect(olga.getByRole('heading', { name: 'crm', level: 1 })).toBeVisible();
  });
});

test('each operator is shown what works for them: one of a single tenant no page that answers for all', async ({ person }) => {
  await stack.licet.signIn();
  const seen = async (id: string, role: string, tenant: string) => {
    const page = await person();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await comeIn(page, { id, role, tenant });
    await settled(page, 'Home');
    const asked = requests.some((url) => url.includes('/security-events'));
    const events = [asked, await page.getByRole('region', { name: 'Security, 24 h' }).count()];
    const menu = await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allTextContents();
    for (const name of menu) {
      await openScreen(page, name);
      await settled(page, name);
    }
    return { menu, events, account: await page.getByRole('region', { name: 'Account' }).textContent() };
  };
  const ada = await seen('ada', 'licet.auditor', '*');
  expect(ada).toMatchObject({ events: [true, 1], menu: expect.arrayContaining(['Audit trail', 'Security events', 'Groups', 'Operators']) });
  expect(ada.account).not.toContain('only in');
  const dev = await seen('dev', 'licet.developer', '*');
  expect(dev).toMatchObject({ events: [false, 0], menu: expect.arrayContaining(['Groups', 'Apps & keys']) });
  const tom = await seen('tom', 'licet.auditor', 'default');
  expect(tom).toMatchObject({ events: [false, 0], account: expect.stringContaining('only in default') });
  expect(tom.menu).toEqual([
    ...['Home', 'Roles', 'Permission matrix', 'Resource types', 'Conditions', 'Resources'],
    ...['Users', 'Assignments', 'Tenants', 'Decision log'],
  ]);
});

test('the administrator of a tenant assigns a role there, to somebody from elsewhere as well', async ({ person }) => {
  const { licet } = stack;
  await licet.signIn();
  await licet.create('tenants', { id: 'acme' });
  await licet.create('users', { id: 'newcomer', name: 'Nora New', attributes: { salary: 9999 } });
  const tina = await person();
  await comeIn(tina, { id: 'tina', role: 'licet.tenant-administrator', tenant: 'acme' });
  await tina.goto(`${licet.url}/#/assignments/create`);
  await tina.reload(); // as by a link: the form is there before it is known who is signed in
  await expect(tina.getByRole('combobox', { name: 'Tenant' })).toHaveValue('acme');
  await expect(tina.getByRole('button', { name: 'A group' })).toHaveCount(0);
  await tina.getByRole('combobox', { name: 'User' }).fill('newcomer');
  await tina.getByRole('combobox', { name: 'Role' }).fill('licet.owner');
  const beyond = tina.getByRole('option', { name: /^licet\.owner/ });
  await expect(beyond).toContainText('Not yours to give: you do not hold licet.');
  await expect(beyond).toBeDisabled();
  await pick(tina, 'Role', 'licet.tenant-administrator');
  await tina.getByRole('button', { name: 'Assign', exact: true }).click();
  await expect(tina.getByRole('status').filter({ hasText: 'Assigned licet.tenant-administrator to newcomer' })).toBeVisible();
  await openScreen(tina, 'Users');
  await expect(tina.getByRole('link', { name: 'newcomer' })).toBeVisible();
  await tina.getByRole('link', { name: 'newcomer' }).click();
  await settled(tina, 'newcomer');
  await expect(tina.getByText('Users belong to no tenant')).toBeVisible();
  await expect(tina.getByText(/Nora New|salary/)).toHaveCount(0);
  await openScreen(tina, 'Resources');
  await expect(tina.getByText('Ids are one space for all tenants').first()).toBeVisible();
  await expect(tina.getByRole('link', { name: 'Register resource' })).toHaveCount(0);
});

/** A new operator takes up the invitation, and is at Home. */
async function comeIn(page: Page, operator: { id: string; role: string; tenant: string }): Promise<void> {
  const { link } = await stack.licet.ask<{ link: string }>('POST', 'operators', { body: operator });
  await page.goto(`${stack.licet.url}${link}`);
  await choose(page, 'Password', 'Repeat the password', FIRST);
  await page.getByRole('button', { name: 'Choose and sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
}

/** What people do at the page of the provider. */
async function nameYourself(page: Page, subject: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Subject' }).fill(subject);
  await page.getByRole('button', { name: 'Go on' }).click();
}

/** An authenticator in the browser itself, as telephones and laptops have one, whose owner always agrees. */
async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const kind = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const;
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...kind, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

/** What the browser keeps for the console. */
const stored = (page: Page) => page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));

async function openAccount(page: Page, item: string, username = 'grace'): Promise<void> {
  await page.getByRole('region', { name: 'Account' }).getByRole('button', { name: username }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function choose(page: Page, label: string, again: string, password: string): Promise<void> {
  await page.getByLabel(new RegExp(`^${label}`)).fill(password);
  await page.getByLabel(new RegExp(`^${again}`)).fill(password);
}
