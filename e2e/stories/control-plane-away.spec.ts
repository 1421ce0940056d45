import { useStack } from '../src/stack.ts';
import { createTask, deleteTask, signUp, token } from '../src/task-manager.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ setUp: 'with the example', flask: true });

test('an application goes on deciding while the control plane is away, and catches up by itself', async ({ person }) => {
  const [alice, ben] = [await person(), await person({ refusals: [403] })];
  const { flask } = stack;
  await signUp(alice, flask, 'alice', 'Alice Archer');
  await signUp(ben, flask, 'ben', 'Ben Baker');
  const hers = await createTask(alice, flask, 'Report');
  await ben.goto(`${flask.url}/tasks/new`);
  const csrf = await token(ben);
  const age = async () => {
    const answer = await ben.request.get(`${flask.url}/tasks`);
    expect(answer.status()).toBe(200);
    return Number(/age=(\d+)/.exec(answer.headers()['licet-replica'] ?? '')?.[1] ?? -1);
  };
  expect(await age(), 'nothing to say while all is well').toBe(-1);

  const startAgain = await stack.stopLicet();

  await test.step('it decides as before, and says how old its policy is', async () => {
    await expect.poll(age, { intervals: [100] }).toBeGreaterThanOrEqual(1);
    expect(await deleteTask(ben, flask, hers, csrf)).toBe(403);
    const his = await createTask(ben, flask, 'Call the printer');
    await ben.goto(`${flask.url}${his}`);
    await ben.getByRole('button', { name: 'Delete' }).click();
    await expect(ben.getByRole('status')).toHaveText('Deleted.');
    await ben.goto(`${flask.url}${hers}`);
    await expect(ben.getByRole('heading', { name: 'You may not do this' })).toBeVisible();
  });

  await startAgain();
  const { licet } = stack;
  const back = performance.now();
  await licet.create('assignments', { user: 'ben', role: 'admin' }, 'made right after the start');

  await test.step('it follows again without a restart', async () => {
    await expect.poll(() => deleteTask(ben, flask, hers, csrf), { intervals: [50], timeout: 30_000 }).toBe(302);
    process.stdout.write(`    the edit after the outage: ${(performance.now() - back).toFixed(0)} ms after the save\n`);
    await expect.poll(age).toBe(-1);
  });

  await test.step('what it decided meanwhile is in the decision log', async () => {
    const refused = async () =>
      (await licet.rows('decisions', { subject: 'ben', decision: 'false' })).map(({ request }) => request.action.name);
    await expect.poll(refused, { timeout: 30_000 }).toContain('read');
  });
});
