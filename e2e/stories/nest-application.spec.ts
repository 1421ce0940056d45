import { openConsole, pick, saved } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';
import { inForce } from '../src/timing.ts';

const stack = useStack({ setUp: 'empty', invoices: true });

test('a Nest application follows the console without a restart', async ({ person }) => {
  const operator = await person();
  const { invoices, licet } = stack;
  const ask = async (user: string, path: string, method = 'GET') => {
    const answer = await fetch(`${invoices.url}${path}`, { method, headers: { 'x-user': user, accept: 'application/json' } });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const approve = async () => (await ask('abe', '/acme/invoices/i2/approve', 'POST')).status;

  await test.step('each company has its own invoices, and a large one is refused with the permission that is missing', async () => {
    // It serves before its policy has arrived, and refuses everybody until then.
    await expect(async () => expect((await ask('cleo', '/acme/invoices')).body).toHaveLength(2)).toPass({ timeout: 10_000, intervals: [50] });
    expect((await ask('abe', '/acme/invoices')).body).toHaveLength(3);
    expect((await ask('gina', '/globex/invoices')).body).toHaveLength(1);
    expect((await ask('abe', '/acme/invoices/i1/approve', 'POST')).status).toBe(200);
    const refused = await ask('abe', '/acme/invoices/i2/approve', 'POST');
    expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('invoice:approve') as unknown } });
  });

  await test.step('the operator assigns a role in one company, and the large one is approved', async () => {
    await openConsole(operator, licet, '/users/abe/show');
    await operator.getByRole('region', { name: 'Roles' }).getByRole('link', { name: 'Assign' }).click();
    await pick(operator, 'Role', 'director');
    await pick(operator, 'Tenant', 'acme');
    const answer = saved(operator, 'POST', 'assignments');
    await operator.getByRole('button', { name: 'Assign', exact: true }).click();
    const { at } = await answer;
    await inForce('the assigned role, in Nest', at, approve, 200);
    expect((await ask('abe', '/globex/invoices')).status).toBe(403);
  });
});
