import type { Page } from '@playwright/test';
import { openConsole, openEntry, openScreen, pick, saved } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { createTask, deleteTask, signUp, token } from '../src/task-manager.ts';
import { expect, test } from '../src/test.ts';
import { inForce } from '../src/timing.ts';

const stack = useStack({ setUp: 'with the example', flask: true });

test('a cell of the permission matrix decides in the running application', async ({ person }) => {
  const [alice, ben, operator] = [await person(), await person(), await person()];
  const { flask, licet } = stack;
  await signUp(alice, flask, 'alice', 'Alice Archer');
  await signUp(ben, flask, 'ben', 'Ben Baker');
  const hers: string[] = [];
  for (let number = 1; number <= 20; number++) hers.push(await createTask(alice, flask, `Report ${number}`));
  await ben.goto(`${flask.url}/tasks/new`);
  const csrf = await token(ben);
  const nextOfHers = () => deleteTask(ben, flask, hers[0] ?? '', csrf).then((status) => (status === 302 && hers.shift(), status));
  expect(await nextOfHers()).toBe(403);

  await openConsole(operator, licet);
  await openScreen(operator, 'Permission matrix');

  const granted = await test.step('without its condition, the grant lets everybody delete every task', async () => {
    const editor = await openCell(operator, 'task:delete for user: allowed if is-owner');
    await editor.getByRole('textbox', { name: 'Reason' }).fill('Clean-up day');
    const answer = saved(operator, 'PATCH', 'grants');
    await editor.getByRole('combobox', { name: 'Only if' }).hover();
    await editor.getByRole('button', { name: 'Clear' }).click();
    const { at, revision } = await answer;
    await inForce('the grant without a condition', at, nextOfHers, 302);
    await expect(editor).toBeHidden();
    await expect(operator.getByRole('gridcell', { name: 'task:delete for user: allowed', exact: true })).toBeVisible();
    return revision;
  });

  await test.step('with the condition again, only the owner may', async () => {
    const editor = await openCell(operator, 'task:delete for user: allowed');
    await editor.getByRole('textbox', { name: 'Reason' }).fill('Clean-up day is over');
    const answer = saved(operator, 'PATCH', 'grants');
    await pick(editor, 'Only if', 'is-owner');
    const { at } = await answer;
    await inForce('the grant with its condition', at, nextOfHers, 403);
    await expect(operator.getByRole('gridcell', { name: 'task:delete for user: allowed if is-owner', exact: true })).toBeVisible();
  });

  await test.step('the audit trail tells what the cell said before and after', async () => {
    await openScreen(operator, 'Audit trail');
    const loosened = await openEntry(operator, /olga changed the grant of task:delete to user · “Clean-up day” /);
    const [, before, after] = [0, 1, 2].map((cell) =>
      loosened
        .getByRole('row', { name: /^Only if/ })
        .getByRole('cell')
        .nth(cell - 1),
    );
    await expect(before!).toContainText('is-owner');
    await expect(after!).toContainText('always');
    await expect(
      openEntry(operator, /olga changed the grant of task:delete to user if is-owner · “Clean-up day is over”/),
    ).resolves.toBeDefined();
  });

  await test.step('the decision log tells that everybody had the role', async () => {
    await expect.poll(() => licet.rows('decisions', { decision: 'true', subject: 'ben', action: 'delete' })).not.toEqual([]);
    await openScreen(operator, 'Decision log');
    await pick(operator, 'Subject', 'ben');
    const permit = await openEntry(operator, /Allow ben task:delete on task:1 /);
    const path = permit.getByRole('list', { name: 'The path that decided' });
    await expect(path.getByRole('listitem')).toContainText([/ben/, /everyone/, /everyone → user/, /user/, /task:delete/]);
    await expect(permit.getByRole('definition').filter({ hasText: `revision ${granted}` })).toBeVisible();
  });
});

async function openCell(page: Page, name: string) {
  await page.getByRole('gridcell', { name, exact: true }).click();
  return page.getByRole('dialog');
}
