import { notice, openConsole } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ setUp: 'with the example' });

test('after a review, many assignments are revoked in one change, or none of them', async ({ person }) => {
  const operator = await person({ refusals: [412] });
  const { licet } = stack;
  await licet.create('roles', { id: 'visitor', name: 'Visitor' });
  for (const id of ['abel', 'bea', 'cleo', 'dora']) {
    await licet.create('users', { id });
    await licet.create('assignments', { user: id, role: 'visitor' });
  }
  const held = async () => (await licet.rows('assignments', { role: 'visitor' })).map(({ user }) => user).sort();
  const choose = (user: string) => operator.getByRole('checkbox', { name: `Choose visitor for ${user}` }).check();
  const dialog = operator.getByRole('dialog', { name: 'Revoke 2 assignments?' });
  const revoke = async () => {
    await operator.getByRole('button', { name: 'Revoke 2 assignments' }).click();
    await expect(dialog.getByRole('listitem')).toHaveCount(2);
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('access review, Q4');
    await dialog.getByRole('button', { name: 'Revoke 2 assignments' }).click();
  };
  await openConsole(operator, licet, `/assignments?filter=${encodeURIComponent(JSON.stringify({ role: 'visitor' }))}`);

  await test.step('what is chosen is named, revoked together, and stands in the audit trail with the reason', async () => {
    await choose('abel');
    await choose('cleo');
    await expect(operator.getByRole('group', { name: 'Chosen rows' })).toContainText('2 chosen');
    await revoke();
    await expect(notice(operator, 'Revoked 2 assignments.')).toBeVisible();
    await expect(operator.getByRole('group', { name: 'Chosen rows' })).toBeHidden();
    expect(await held()).toEqual(['bea', 'dora']);
    const entries = await licet.rows('audit-entries', { kind: 'assignments', action: 'delete' });
    expect(entries.map(({ reason }) => reason)).toEqual(['access review, Q4', 'access review, Q4']);
    expect(new Set(entries.map(({ revision }) => revision)).size).toBe(1);
  });

  await test.step('what somebody changed meanwhile stays, and so does the rest', async () => {
    await choose('bea');
    await choose('dora');
    const [row] = await licet.rows('assignments', { user: 'dora', role: 'visitor' });
    await licet.ask('PATCH', `assignments/${row?.id}`, { body: { reason: 'here until May' }, version: 1, reason: 'asked for' });
    await revoke();
    await expect(dialog.getByRole('alert')).toContainText('Somebody else changed visitor of dora');
    expect(await held()).toEqual(['bea', 'dora']);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await operator.getByRole('button', { name: 'Clear' }).click();
    await expect(operator.getByRole('checkbox', { name: 'Choose all on this page' })).not.toBeChecked();
  });
});
