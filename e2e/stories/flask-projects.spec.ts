import { openConsole, openScreen, pick, saved } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ setUp: 'empty', projects: true });

test('a project is a secret to strangers, until an operator lets them into the organisation', async ({ person }) => {
  const operator = await person();
  const { projects, licet } = stack;
  await projects.flask('projects', 'seed');
  const tokens = new Map<string, string>();
  for (const name of ['ann', 'gus']) tokens.set(name, (await projects.flask('projects', 'token', name)).trim());
  const ask = async (name: string, path: string, method = 'GET') => {
    const headers = { authorization: `Bearer ${tokens.get(name) ?? 'none'}` };
    const answer = await fetch(`${projects.url}${path}`, { method, headers });
    return { status: answer.status, text: await answer.text() };
  };
  const status = (name: string, path: string, method?: string) => ask(name, path, method).then((answer) => answer.status);

  await test.step('what a stranger may not read looks as if it were not there', async () => {
    const [secret, missing] = [await ask('gus', '/acme/projects/1'), await ask('gus', '/acme/projects/99')];
    expect([secret.status, secret.text]).toEqual([404, missing.text]);
    expect(await status('ann', '/acme/projects/1')).toBe(200);
  });

  await openConsole(operator, licet);
  await test.step('the operator assigns a role in the other organisation, and the public project is there', async () => {
    await openScreen(operator, 'Assignments');
    await operator.getByRole('link', { name: 'Assign a role' }).click();
    await pick(operator, 'User', 'gus');
    await pick(operator, 'Role', 'member');
    await pick(operator, 'Tenant', 'acme');
    const answer = saved(operator, 'POST', 'assignments');
    await operator.getByRole('button', { name: 'Assign', exact: true }).click();
    await answer;
    await expect.poll(() => status('gus', '/acme/projects/1'), { intervals: [50] }).toBe(200);
    expect(await status('gus', '/acme/projects/2'), 'a private one stays a secret').toBe(404);
  });

  await test.step('a route and a command refuse alike what the role does not give', async () => {
    const refused = await ask('gus', '/acme/projects/1/archived', 'PUT');
    expect(refused.status).toBe(403);
    const { detail } = JSON.parse(refused.text) as { detail: string };
    expect(detail).toBe('`project:archive` is not permitted. None of your roles allows it.');
    await expect(projects.flask('projects', 'archive', 'acme', '1', '--as', 'gus')).rejects.toThrow(detail);
  });

  await test.step('archived from the command line, it is closed to everybody', async () => {
    expect(await projects.flask('projects', 'archive', 'acme', '1', '--as', 'ann')).toContain('is archived');
    expect(await status('ann', '/acme/projects/1', 'DELETE')).toBe(403);
    expect((await ask('gus', '/acme/projects/1')).text).toContain('"archived":true');
  });
});
