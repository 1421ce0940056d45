import { openConsole, openEntry, openScreen, saved } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ setUp: 'empty', inventory: true });

test('roles of a running inventory are changed in the console', async ({ person }) => {
  const operator = await person();
  const { inventory, licet } = stack;
  const passwords = await test.step('the seed prints passwords that it made up', async () => {
    const lines = (await inventory.flask('accounts', 'seed')).trim().split('\n');
    return new Map(lines.map((line) => line.split(' ') as [string, string]));
  });
  const ask = (user: string, method: string, path: string, body?: object) =>
    fetch(`${inventory.url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa(`${user}:${passwords.get(user) ?? 'wrong'}`)}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      body: body ? JSON.stringify(body) : null,
    });
  let made = 0;
  const add = () => ask('sales', 'POST', '/items', { name: `saw-${++made}`, record: { kind: 'tool' } }).then(({ status }) => status);

  await test.step('sales may look, the warehouse may change, the manager may do all', async () => {
    const hammer = { kind: 'tool', quantity: 11 };
    const statuses = [];
    for (const user of ['sales', 'warehouse', 'manager', 'mallory']) {
      const read = await ask(user, 'GET', '/items/hammer');
      const changed = await ask(user, 'PUT', '/items/hammer', hammer);
      const added = await ask(user, 'POST', '/items', { name: `${user}-1`, record: {} });
      statuses.push([user, read.status, changed.status, added.status]);
    }
    expect(statuses).toEqual([
      ['sales', 200, 403, 403],
      ['warehouse', 200, 200, 403],
      ['manager', 200, 200, 201],
      ['mallory', 401, 401, 401],
    ]);
    const refused = (await (await ask('sales', 'POST', '/items', {})).json()) as { detail: string };
    expect(refused.detail).toBe('`item:create` is not permitted. None of your roles allows it.');
  });

  await openConsole(operator, licet);
  await openScreen(operator, 'Permission matrix');

  const granted = await test.step('the operator lets sales add items, and it is in force without a restart', async () => {
    await operator.getByRole('gridcell', { name: /^item:create for sales: / }).click();
    const editor = operator.getByRole('dialog');
    await editor.getByRole('textbox', { name: 'Reason' }).fill('Stocktaking');
    const answer = saved(operator, 'POST', 'grants');
    await editor.getByRole('button', { name: 'Allow', exact: true }).click();
    const { revision } = await answer;
    await expect.poll(add, { intervals: [50] }).toBe(201);
    return revision;
  });

  await test.step('the decision log tells which role let sales do it', async () => {
    await expect.poll(() => licet.rows('decisions', { decision: 'true', subject: 'sales', action: 'create' })).not.toEqual([]);
    await openScreen(operator, 'Decision log');
    const permit = await openEntry(operator, /Allow sales item:create on item:\* .*inventory/);
    await expect(permit.getByRole('definition').filter({ hasText: `revision ${granted}` })).toBeVisible();
  });

  await test.step('a user who is disabled in the console is refused', async () => {
    const { version } = (await licet.rows('users')).find(({ id }) => id === 'sales')!;
    await licet.ask('PATCH', 'users/sales', { body: { enabled: false }, version });
    await expect.poll(add, { intervals: [50] }).toBe(403);
  });

  await test.step('the application and Licet agree on what there is', async () => {
    expect(await inventory.flask('licet', 'declare', '--check')).toContain('Licet knows all 5 permissions');
  });
});
