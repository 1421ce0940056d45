import type { Locator, Page } from '@playwright/test';
import { settled, tabTo } from '../src/accessibility.ts';
import { notice, openConsole, openEntry, openScreen, saved } from '../src/console.ts';
import type { ControlPlane } from '../src/control-plane.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ setUp: 'with the example' });

const DENIED = 'alice may not delete task t1 in tenant default.';
const ALLOWED = 'alice may delete task t1 in tenant default.';
const REASON = 'alice looks after both';

test('an operator sees why somebody is denied, mends it, and an auditor sees what was before', async ({ person }) => {
  const page = await person({ refusals: [409] });
  const { licet } = stack;
  const log = await prepare(licet);
  await openConsole(page, licet);
  await openScreen(page, 'Ask');
  const answer = page.getByRole('region', { name: 'Answer' });

  await test.step('the question is asked with the keyboard alone', async () => {
    await expect(page.getByRole('combobox', { name: 'User' })).toBeFocused();
    for (const text of ['alice', 'task:delete']) {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Tab');
    await page.keyboard.type('t1');
    await page.keyboard.press('Enter');
    await expect(answer.getByRole('heading', { name: DENIED })).toBeVisible();
    await expect(page.getByRole('combobox', { name: 'Action' })).toHaveValue('delete');
    await expect(page.getByRole('combobox', { name: 'Resource type' })).toHaveValue('task');
  });

  await test.step('what the application tells about the task is told too', async () => {
    await expect(miss(page, 'user, assigned to everyone')).toContainText(
      'Condition is-owner could not be evaluated: resource.properties.ownerId was missing.',
    );
    await tabTo(page, page.getByRole('button', { name: 'Add ownerId' }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('textbox', { name: 'Value of ownerId' })).toBeFocused();
    await page.keyboard.type('bob');
    await page.keyboard.press('Enter');
    await expect(miss(page, 'user, assigned to everyone')).toContainText('Condition is-owner is false');
  });

  await test.step('the answer names what is missing, and leads to where it is mended', async () => {
    const nearest = miss(page, 'admin, assigned to alice');
    await expect(nearest).toContainText('Assigned only in tenant acme, not in default.');
    await expect(nearest.getByRole('list', { name: 'The path of admin' }).getByRole('listitem')).toContainText([
      /alice/,
      /alice → admin/,
      /admin/,
      /task:\*/,
    ]);
    await nearest.getByRole('link', { name: /^Assign it in default too/ }).click();
    await settled(page, 'Assign a role');
  });

  const revision = await test.step('the role is assigned, and the same question is answered anew', async () => {
    await expect(page.getByRole('combobox', { name: 'User' })).toHaveValue('alice');
    await expect(page.getByRole('combobox', { name: 'Tenant' })).toHaveValue('default');
    await page.getByRole('textbox', { name: 'Reason' }).fill(REASON);
    const made = saved(page, 'POST', 'assignments');
    await page.getByRole('button', { name: 'Assign', exact: true }).click();
    const { revision: assigned } = await made;
    await expect(notice(page, 'Assigned admin to alice.')).toBeVisible();
    await expect(answer.getByRole('heading', { name: ALLOWED })).toBeVisible();
    await expect(answer).toContainText('The role admin grants task:*.');
    await expect(answer).toContainText(`revision ${assigned}, the newest, made`);
    await expect(answer).toContainText(`by olga: “${REASON}”`);
    const path = page.getByRole('list', { name: 'The path that decides' });
    await expect(path.getByRole('listitem')).toContainText([/alice/, /alice → admin/, /admin/, /task:\*/]);
    return assigned;
  });

  await test.step('as of the revision before it is denied again, in a link that can be shared and left', async () => {
    await answer.getByRole('link', { name: `As of revision ${revision - 1}` }).click();
    await expect(answer.getByRole('heading', { name: DENIED })).toBeVisible();
    await expect(answer).toContainText(`By the policy of revision ${revision - 1}, made`);
    await page.reload();
    await expect(answer.getByRole('heading', { name: DENIED })).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'As of revision' })).toHaveValue(String(revision - 1));
    await expect(page.getByRole('textbox', { name: 'Value of ownerId' })).toHaveValue('bob');
    await expect(page.getByRole('link', { name: /^Assign it/ }), 'the past is not mended').toHaveCount(0);
    await page.goBack();
    await expect(answer.getByRole('heading', { name: ALLOWED })).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'As of revision' })).toHaveValue('');
  });

  await test.step('a revision that is not there yet is said at its field', async () => {
    const field = page.getByRole('textbox', { name: 'As of revision' });
    await field.fill('9999');
    await field.press('Enter');
    await expect(field).toHaveAccessibleDescription(`9999 is later than the newest, ${revision}.`);
    await expect(answer).toHaveCount(0);
  });

  await test.step('what an application was told is asked again: as of then, and by the policy of today', async () => {
    await page.goto(`${licet.url}/#/decisions?filter=${encodeURIComponent(JSON.stringify({ subject: 'alice' }))}`);
    const entry = await openEntry(page, /Deny alice task:delete on task:t1 /);
    await entry.getByRole('link', { name: `Ask again, as of revision ${log}` }).click();
    await expect(answer.getByRole('heading', { name: DENIED })).toBeVisible();
    await expect(page.getByLabel('At', { exact: true })).not.toHaveValue('');
    await page.goBack();
    await (await openEntry(page, /Deny alice task:delete on task:t1 /)).getByRole('link', { name: 'Ask with the policy of today' }).click();
    await expect(answer.getByRole('heading', { name: ALLOWED })).toBeVisible();
  });
});

test('where nobody holds it, the roles that would give it are named', async ({ person }) => {
  const page = await person();
  await stack.licet.create('users', { id: 'dora' });
  await openConsole(page, stack.licet, '/ask?subject=dora&action=read&type=analytics');
  const roles = page.getByRole('region', { name: 'Roles that would allow it' });
  await expect(roles).toContainText('No role of dora gives analytics:read. This one would:');
  await expect(roles.getByRole('listitem')).toContainText(['admin']);
  await expect(roles.getByRole('link', { name: 'Assign admin to dora' })).toBeVisible();
});

/** alice is an administrator in another tenant than the application asks about. Gives the revision at which it asked. */
async function prepare(licet: ControlPlane): Promise<number> {
  await licet.create('tenants', { id: 'acme' });
  await licet.create('users', { id: 'alice' });
  await licet.create('assignments', { user: 'alice', role: 'admin', tenant: 'acme' });
  const response = await fetch(`${licet.url}/access/v1/evaluation`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await licet.apiKey('tasks')}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      subject: { type: 'user', id: 'alice' },
      action: { name: 'delete' },
      resource: { type: 'task', id: 't1', properties: { ownerId: 'bob' } },
    }),
  });
  expect(response.status).toBe(200);
  await expect.poll(() => licet.rows('decisions', { subject: 'alice' })).toHaveLength(1);
  const [decision] = await licet.rows('decisions', { subject: 'alice' });
  return decision?.revision ?? 0;
}

function miss(page: Page, name: string): Locator {
  const nearest = page.getByRole('list', { name: 'What comes nearest' });
  return nearest.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
}
