import type { Page } from '@playwright/test';
import { notice, openConsole, openEntry, openScreen, pick, saved } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';
import { inForce } from '../src/timing.ts';

const stack = useStack({ setUp: 'empty', express: true });

test('an Express application follows the console without a restart', async ({ person }) => {
  const [max, eve, operator] = [await person(), await person({ refusals: [403] }), await person()];
  const { express, licet } = stack;
  await signIn(max, 'max');
  await signIn(eve, 'eve');
  const his: string[] = [];
  for (let number = 1; number <= 20; number++) {
    const answer = await max.request.post(`${express.url}/tasks`, { data: { title: `Plan ${number}` } });
    his.push(((await answer.json()) as { id: string }).id);
  }
  await eve.getByRole('textbox', { name: 'New task' }).fill('Call the printer');
  await eve.getByRole('button', { name: 'Add' }).click();
  const nextOfHis = async () => {
    const answer = await eve.request.delete(`${express.url}/tasks/${his[0]}`);
    if (answer.ok()) his.shift();
    return answer.status();
  };

  await test.step('the user is refused, with a friendly page', async () => {
    await expect(eve.getByRole('listitem').filter({ hasText: 'Plan 1' }).first()).toBeVisible();
    await expect(eve.getByRole('button', { name: 'Delete' })).toHaveCount(1);
    await eve.getByRole('button', { name: 'Delete' }).evaluate((element, action) => {
      (element as HTMLButtonElement).form?.setAttribute('action', action);
    }, `/tasks/${his[0]}/delete`);
    await eve.getByRole('button', { name: 'Delete' }).click();
    await expect(eve.getByRole('heading', { name: 'This is not permitted' })).toBeVisible();
    expect(await nextOfHis()).toBe(403);
  });

  await openConsole(operator, licet, '/users/eve/show');
  const assigned = await test.step('the operator assigns admin on the page of the user', async () => {
    await operator.getByRole('region', { name: 'Roles' }).getByRole('link', { name: 'Assign' }).click();
    await expect(operator.getByRole('combobox', { name: 'User' })).toHaveValue('eve');
    await pick(operator, 'Role', 'admin');
    await operator.getByRole('textbox', { name: 'Reason' }).fill('Eve tidies up');
    const answer = saved(operator, 'POST', 'assignments');
    await operator.getByRole('button', { name: 'Assign', exact: true }).click();
    const { at, revision } = await answer;
    await inForce('the assigned role, in Express', at, nextOfHis, 200);
    return revision;
  });

  await test.step('the operator revokes it there, and it is refused again', async () => {
    await operator.getByRole('button', { name: 'Revoke admin from eve' }).click();
    const dialog = operator.getByRole('dialog', { name: 'Revoke admin from eve?' });
    const answer = saved(operator, 'DELETE', 'assignments');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    const { at } = await answer;
    await inForce('the revoked role, in Express', at, nextOfHis, 403);
  });

  await test.step('a revocation that was a mistake is undone by one click', async () => {
    const answer = saved(operator, 'POST', 'assignments');
    await notice(operator, 'Revoked admin from eve.').getByRole('button', { name: 'Undo' }).click();
    const { at } = await answer;
    await inForce('the undone revocation, in Express', at, nextOfHis, 200);
  });

  await test.step('both logs tell it', async () => {
    await openConsole(operator, licet, '/audit-entries');
    await openEntry(operator, /olga assigned admin to eve in default · “Eve tidies up”/);
    await expect(operator.getByRole('button', { name: /olga revoked admin from eve/ })).toBeVisible();
    await expect.poll(() => licet.rows('decisions', { decision: 'true', subject: 'eve', action: 'delete' })).not.toEqual([]);
    await openScreen(operator, 'Decision log');
    const permit = await openEntry(operator, /Allow eve task:delete on task:t1 .*express-tasks/);
    await expect(permit.getByRole('list', { name: 'The path that decided' }).getByRole('listitem')).toContainText([
      /eve/,
      /eve → admin/,
      /admin/,
      /task:\*/,
    ]);
    await expect(permit.getByRole('definition').filter({ hasText: `revision ${assigned}` })).toBeVisible();
  });
});

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(stack.express.url);
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText(`Signed in as ${name}`)).toBeVisible();
}
