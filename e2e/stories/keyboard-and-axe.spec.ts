import type { Page } from '@playwright/test';
import { COLOURS, graveFindings, hasFocus, overflow, settled, tabTo } from '../src/accessibility.ts';
import { notice, openConsole, openEntry } from '../src/console.ts';
import type { ControlPlane } from '../src/control-plane.ts';
import { EMPTY_SCREENS, LIST_SCREENS, rowScreens, type Screen } from '../src/screens.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

test.describe.configure({ mode: 'parallel' });

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 400, height: 800 };

test.describe('an empty installation', () => {
  const stack = useStack({ setUp: 'empty' });
  test('has no grave accessibility fault on any screen, light or dark, wide or narrow', async ({ person }) => {
    await inspect(await person(), stack.licet, EMPTY_SCREENS);
  });
});

test.describe('an installation in use', () => {
  const stack = useStack({ setUp: 'with the example', sample: true });
  test('has none on any list', async ({ person }) => {
    await inspect(await person(), stack.licet, LIST_SCREENS);
  });

  test('has none in what opens over or within a page', async ({ person }) => {
    test.setTimeout(120_000);
    const page = await person({ refusals: [400, 422] });
    page.on('dialog', (dialog) => void dialog.accept()); // a form is left with what was typed into it
    await openConsole(page, stack.licet);
    const faults: string[] = [];
    for (const [path, title, what, open] of OPENINGS) {
      await page.setViewportSize(what.startsWith('narrow') ? NARROW : WIDE);
      await page.goto(`${stack.licet.url}/#${path}`);
      await settled(page, title);
      await open(page);
      faults.push(...(await graveFindings(page)).map((fault) => `${what}: ${fault}`));
      await page.reload();
    }
    expect(faults).toEqual([]);
  });

  test('has none where a row is shown or edited', async ({ person }) => {
    await inspect(await person({ refusals: [404] }), stack.licet, await rowScreens(stack.licet));
  });
});

test.describe('ids as long as they may be', () => {
  const stack = useStack({ setUp: 'with the example' });
  const [user, role, tenant] = ['u'.repeat(256), 'r'.repeat(64), 't'.repeat(64)];

  test('are cut where they stand in a line, are whole for who copies or reaches them, and widen no page', async ({ person }) => {
    const page = await person({ refusals: [404] });
    const { licet } = stack;
    await licet.create('users', { id: user });
    await licet.create('roles', { id: role });
    await licet.create('tenants', { id: tenant });
    const { id } = await licet.create('assignments', { user, role, tenant, reason: 'x'.repeat(200) });
    await openConsole(page, licet, '/users');
    const link = page.getByRole('rowheader').getByRole('link', { name: user });
    await expect(link).toHaveText(user);
    expect((await link.boundingBox())?.width).toBeLessThan(300);
    await tabTo(page, link);
    await expect(page.getByRole('tooltip', { name: user })).toBeVisible();
    await page.setViewportSize(NARROW);
    const beyond: Record<string, number> = {};
    const screens = ['/users', '/assignments', '/roles', '/audit-entries', `/users/${user}/show`, `/users/${user}`, `/users/${user}0/show`];
    for (const path of [...screens, `/roles/${role}/show`, `/tenants/${tenant}/show`, `/assignments/${id}/show`]) {
      await page.goto(`${licet.url}/#${path}`);
      await settled(page, /./);
      const pixels = await overflow(page);
      if (pixels > 0) beyond[path] = pixels;
    }
    expect(beyond).toEqual({});
    await page.getByRole('button', { name: /^Revoke/ }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await overflow(page)).toBe(0);
  });
});

test.describe('before sign-in', () => {
  const stack = useStack({});
  test('there is none either', async ({ person }) => {
    const page = await person();
    const faults: string[] = [];
    const screens: [string, string][] = [
      [stack.licet.setupLink, 'Set up Licet'],
      [`${stack.licet.url}/#/setup`, 'Set up Licet'],
      [`${stack.licet.url}/#/login`, 'Sign in'],
    ];
    for (const [url, title] of screens) {
      await page.goto(url);
      await settled(page, title);
      faults.push(...(await findings(page, title)));
    }
    expect(faults).toEqual([]);
  });
});

test.describe('without a mouse', () => {
  const stack = useStack({ setUp: 'with the example' });

  test('a role is assigned and revoked', async ({ person }) => {
    const page = await person();
    await stack.licet.create('users', { id: 'ben', name: 'Ben Baker' });
    await openConsole(page, stack.licet, '/assignments');
    await settled(page, 'Assignments');

    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
    await tabTo(page, page.getByRole('link', { name: 'Assign a role' }));
    await page.keyboard.press('Enter');

    await choose(page, 'User', 'ben');
    await choose(page, 'Role', 'admin');
    await tabTo(page, page.getByRole('textbox', { name: 'Reason' }));
    await page.keyboard.type('by keyboard');
    await tabTo(page, page.getByRole('button', { name: 'Assign', exact: true }));
    await page.keyboard.press('Enter');
    await expect(notice(page, 'Assigned admin to ben.')).toBeVisible();

    await tabTo(page, page.getByRole('button', { name: 'Revoke admin from ben' }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Revoke admin from ben?' });
    await tabTo(page, dialog.getByRole('textbox', { name: 'Reason' }));
    await page.keyboard.type('by keyboard too');
    await page.keyboard.press('Enter');
    await expect(notice(page, 'Revoked admin from ben.')).toBeVisible();
    await expect(dialog).toBeHidden();
    expect((await stack.licet.rows('audit-entries', { kind: 'assignments' })).map(({ reason }) => reason).slice(0, 2)).toEqual([
      'by keyboard too',
      'by keyboard',
    ]);
  });

  test('the matrix is read and edited', async ({ person }) => {
    const page = await person();
    await openConsole(page, stack.licet, '/matrix');
    await settled(page, 'Permission matrix');
    const cell = (name: string) => page.getByRole('gridcell', { name, exact: true });

    await tabTo(page, page.getByRole('gridcell').first());
    await page.keyboard.press('Control+End');
    await expect(cell('user-account:update for user: not granted')).toBeFocused();
    await page.keyboard.press('ArrowLeft');
    await expect(cell('user-account:update for admin: allowed')).toBeFocused();
    await page.keyboard.press('ArrowRight');

    await page.keyboard.press('a');
    await expect(cell('user-account:update for user: allowed')).toBeFocused();
    await page.keyboard.press('d');
    await expect(cell('user-account:update for user: denied')).toBeFocused();
    await page.keyboard.press('n');
    await expect(cell('user-account:update for user: not granted')).toBeFocused();

    await page.keyboard.press('Enter');
    const editor = page.getByRole('dialog');
    await tabTo(page, editor.getByRole('textbox', { name: 'Reason' }));
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await expect(editor).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(editor).toBeHidden();
    await expect(cell('user-account:update for user: not granted')).toBeFocused();
    await page.keyboard.press('Tab');
    expect(await hasFocus(cell('user-account:update for user: not granted')), 'the grid is one tab stop').toBe(false);
    await expect(page.locator('[role=gridcell]:focus')).toHaveCount(0);
  });
});

type Role = Parameters<Page['getByRole']>[0];

/** Clicks on something, and waits for what opens. */
function opens(role: Role, name: string | RegExp, what: Role, options: { name?: string } = {}) {
  return async (page: Page) => {
    await page.getByRole(role, { name }).first().click();
    await page.getByRole(what, options).first().waitFor();
  };
}

/** Where, what it is called, and how it is opened. */
const OPENINGS: [path: string, title: string, what: string, open: (page: Page) => Promise<unknown>][] = [
  ['/', 'Home', 'the account menu', opens('button', 'olga', 'menuitem')],
  ['/', 'Home', 'narrow: the menu', opens('button', 'Open the menu', 'navigation', { name: 'Main' })],
  ['/matrix', 'Permission matrix', 'the editor of a cell', opens('gridcell', /^invoice:void for controller/, 'dialog')],
  ['/decisions', 'Decision log', 'a decision', (page) => openEntry(page, /elena\.petrova invoice:void/)],
  ['/decisions', 'Decision log', 'narrow: the filters', opens('button', 'Filters', 'combobox', { name: 'Subject' })],
  ['/ask', 'Ask', 'a list of users to pick from', opens('combobox', 'User', 'option')],
  ['/ask?subject=alice&action=read&type=invoice&revision=first', 'Ask', 'a question that is refused', refuse],
  ['/audit-entries', 'Audit trail', 'an entry of the audit trail', (page) => openEntry(page, /changed the denial/)],
  ['/assignments', 'Assignments', 'the question before a revocation', opens('button', 'Revoke reviewer from grace.murphy', 'dialog')],
  ['/assignments/create', 'Assign a role', 'a list to pick from', opens('combobox', 'Role', 'option')],
  ['/assignments/create', 'Assign a role', 'a form with faults', sendEmpty],
  ['/conditions/is-locked', 'Edit is-locked', 'a condition that does not compile', breakCondition],
  ['/conditions/is-locked', 'Edit is-locked', 'the question before a condition in use is changed', editCondition],
  ['/groups/create', 'Create a group', 'the question before a form is left', leaveForm],
];

async function sendEmpty(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Assign', exact: true }).click();
  await page.locator('[aria-invalid=true]').first().waitFor();
}

async function refuse(page: Page): Promise<void> {
  await page.locator('[aria-invalid=true]').first().waitFor();
}

async function breakCondition(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Expression' }).fill('resource.properties.locked = =');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Save, for this grant' }).click();
  await page.locator('[aria-invalid=true]').first().waitFor();
}

async function editCondition(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Expression' }).fill('resource.properties.locked');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('list', { name: 'Grants with this condition' }).waitFor();
}

async function leaveForm(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Id' }).fill('typed');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
}

/** Types into a field that searches on the server, and takes the first that fits. */
async function choose(page: Page, label: string, key: string): Promise<void> {
  const field = page.getByRole('combobox', { name: label });
  await tabTo(page, field);
  await page.keyboard.type(key);
  await expect(page.getByRole('option').first()).toContainText(key);
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue(key);
}

/** Walks through screens in both themes, and narrow, and reports all faults at once. */
async function inspect(page: Page, licet: ControlPlane, screens: Screen[]): Promise<void> {
  test.setTimeout(240_000);
  await openConsole(page, licet);
  const faults: string[] = [];
  for (const [path, title] of screens) {
    await page.goto(`${licet.url}/#${path}`);
    await settled(page, title);
    faults.push(...(await findings(page, path)));
  }
  expect(faults).toEqual([]);
}

async function findings(page: Page, screen: string): Promise<string[]> {
  const colour = () => page.evaluate(() => getComputedStyle(document.querySelector('h1') ?? document.body).color);
  const light = (await graveFindings(page)).map((fault) => `${screen}, light: ${fault}`);
  const before = await colour();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(colour).not.toBe(before);
  const dark = (await graveFindings(page, COLOURS)).map((fault) => `${screen}, dark: ${fault}`);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(colour).toBe(before);
  await page.setViewportSize(NARROW);
  const beyond = await overflow(page);
  await page.setViewportSize(WIDE);
  return [...light, ...dark, ...(beyond > 0 ? [`${screen}, 400 px wide: ${beyond} px stick out`] : [])];
}
