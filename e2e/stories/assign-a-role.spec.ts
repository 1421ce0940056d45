import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { notice, openConsole, openEntry, openScreen, pick, saved } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { createTask, deleteTask, signIn, signUp, token } from '../src/task-manager.ts';
import { expect, test } from '../src/test.ts';
import { inForce } from '../src/timing.ts';

const stack = useStack({ setUp: 'with the example', flask: true });

const ASSIGN_REASON = 'Ben stands in for Ada this week';
const REVOKE_REASON = 'Ada is back';

test('a role assigned in the console lets a user do more in the running application, and less once it is revoked', async ({ person }) => {
  const [alice, ben, operator] = [await person(), await person({ refusals: [403] }), await person()];
  const { flask, licet } = stack;
  await signUp(alice, flask, 'alice', 'Alice Archer');
  await signUp(ben, flask, 'ben', 'Ben Baker');
  await ben.getByRole('button', { name: 'Sign out' }).click();
  await signIn(ben, flask, 'ben');
  const hers: string[] = [];
  for (let number = 1; number <= 20; number++) hers.push(await createTask(alice, flask, `Report ${number}`));
  await createTask(ben, flask, 'Call the printer');
  const csrf = await token(ben);
  const nextOfHers = () => deleteTask(ben, flask, hers[0] ?? '', csrf).then((status) => (status === 302 && hers.shift(), status));

  await test.step('the user is refused, with a friendly page', async () => {
    await ben.goto(`${flask.url}/tasks`);
    await sendDeleteOf(ben, hers[0] ?? '');
    await expect(ben.getByRole('heading', { name: 'You may not do this' })).toBeVisible();
    await expect(ben.getByText('task:delete')).toBeVisible();
    expect(await nextOfHers()).toBe(403);
  });

  await openConsole(operator, licet);
  const assigned = await test.step('the operator assigns the role, and the same request succeeds without a restart', async () => {
    await openScreen(operator, 'Assignments');
    await operator.getByRole('link', { name: 'Assign a role' }).click();
    await pick(operator, 'User', 'ben');
    await pick(operator, 'Role', 'admin');
    await operator.getByRole('textbox', { name: 'Reason' }).fill(ASSIGN_REASON);
    const answer = saved(operator, 'POST', 'assignments');
    await operator.getByRole('button', { name: 'Assign', exact: true }).click();
    const { at, revision } = await answer;
    await inForce('the assigned role', at, nextOfHers, 302);
    await expect(notice(operator, 'Assigned admin to ben.')).toContainText(`Saved as revision ${revision}`);
    return revision;
  });

  await test.step('now the page offers it too', async () => {
    await ben.goto(`${flask.url}/tasks`);
    await ben.getByRole('button', { name: 'Delete “Report 20”' }).click();
    await expect(ben.getByRole('status')).toHaveText('Deleted.');
    hers.pop();
  });

  const revoked = await test.step('the operator revokes it, and the request is refused again without a restart', async () => {
    await operator.getByRole('button', { name: 'Revoke admin from ben' }).click();
    const dialog = operator.getByRole('dialog', { name: 'Revoke admin from ben?' });
    await dialog.getByRole('textbox', { name: 'Reason' }).fill(REVOKE_REASON);
    const answer = saved(operator, 'DELETE', 'assignments');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    const { at, revision } = await answer;
    await inForce('the revoked role', at, nextOfHers, 403);
    await expect(dialog).toBeHidden();
    return revision;
  });

  await test.step('the page that was open meanwhile says so friendly', async () => {
    await ben.getByRole('button', { name: 'Delete “Report 19”' }).click();
    await expect(ben.getByRole('heading', { name: 'You may not do this' })).toBeVisible();
    await expect(ben.getByText(`policy revision ${revoked}`)).toBeVisible();
  });

  await test.step('the audit trail tells both edits: who, when, before, after and why', async () => {
    await openScreen(operator, 'Audit trail');
    const made = await openEntry(operator, /olga assigned admin to ben/);
    await expect(made).toContainText(ASSIGN_REASON);
    await expect(made).toContainText('olga through the console');
    await expect(made.getByRole('time').first()).toHaveAttribute('datetime', /^\d{4}-\d\d-\d\dT/);
    await expect(made.getByRole('table', { name: 'Before and after' }).getByRole('row', { name: /^Role/ })).toContainText('+ admin');
    await made.getByRole('button', { name: 'As in the API' }).click();
    await expect(made.getByRole('table', { name: 'Before and after' }).getByRole('row', { name: /^role/ })).toContainText('+ "admin"');
    await expect(made).toContainText(`revision ${assigned}`);
    const taken = await openEntry(operator, /olga revoked admin from ben/);
    await expect(taken).toContainText(REVOKE_REASON);
    await expect(taken.getByRole('table', { name: 'Before and after' }).getByRole('row', { name: /^User/ })).toContainText('− ben');
    await expect(taken).toContainText(`revision ${revoked}`);
  });

  await test.step('the decision log tells the refusals and the permit, the path that decided and the revision in force', async () => {
    const search = encodeURIComponent(JSON.stringify({ subject: 'ben', action: 'delete' }));
    await expect(async () => {
      const rows = await licet.rows('decisions', { subject: 'ben', action: 'delete', revision: String(revoked) });
      expect(rows.length).toBeGreaterThanOrEqual(2);
    }).toPass({ timeout: 10_000 });
    await operator.goto(`${licet.url}/#/decisions?filter=${search}`);
    // And whatever was asked until the role was in force.
    await expect(operator.getByRole('button', { name: /Deny ben task:delete on task:1 / }).nth(1), 'both refusals before').toBeVisible();
    const permit = await openEntry(operator, /Allow ben task:delete on task:1 /);
    const path = permit.getByRole('list', { name: 'The path that decided' });
    await expect(path.getByRole('listitem')).toContainText([/ben/, /ben → admin/, /admin/, /task:\*/]);
    await expect(permit.getByText('The role admin grants task:*.')).toBeVisible();
    await expect(permit.getByRole('definition').filter({ hasText: `revision ${assigned}` })).toBeVisible();
    const refusal = await openEntry(operator, /Deny ben task:delete on task:19 /);
    await expect(refusal.getByText('No role that ben holds in tenant default grants task:delete on task:19.')).toBeVisible();
    await expect(refusal.getByRole('definition').filter({ hasText: `revision ${revoked}` })).toBeVisible();
  });

  await test.step('what the log finds can be taken along, for a program and for a spreadsheet', async () => {
    const found = Number((await operator.getByRole('status').getByText(/ of /).innerText()).split(' of ')[1]);
    const take = async (format: RegExp) => {
      await operator.getByRole('button', { name: 'Export' }).click();
      const [download] = await Promise.all([operator.waitForEvent('download'), operator.getByRole('menuitem', { name: format }).click()]);
      return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
    };
    const lines = await take(/JSON Lines/);
    expect(lines.name).toMatch(/^licet-decisions-.*\.jsonl$/);
    const rows = lines.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { request: { subject: { id: string }; action: { name: string } } });
    expect(rows.map(({ request: { subject, action } }) => [subject.id, action.name])).toEqual(rows.map(() => ['ben', 'delete']));
    expect(rows.length).toBe(found);
    const table = await take(/CSV/);
    expect(table.name).toMatch(/\.csv$/);
    expect(table.text.trim().split('\r\n').length).toBe(found + 1);
  });
});

/** Sends the form of the own Delete button to another task: what somebody does who knows the address of a task that is not theirs. */
async function sendDeleteOf(page: Page, path: string): Promise<void> {
  const button = page.getByRole('button', { name: 'Delete “Call the printer”' });
  await button.evaluate(
    (element, action) => ((element as HTMLButtonElement).form ?? document.forms[0]!).setAttribute('action', action),
    `${path}/delete`,
  );
  await button.click();
}
