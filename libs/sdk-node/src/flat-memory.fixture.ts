// Edits and asks for a while, through every kind of trouble, and says how much memory was in use after each round. A process of its own:
// it collects garbage when it wants to, and ends with an error where anything was thrown into the application.
import { Licet } from './licet.ts';
import { MemoryControlPlane } from './testing.ts';
import { QUICK, TASKS, admitBob, dismissBob } from './tasks.fixture.ts';

const ROUNDS = 5;
const EDITS = 200;

const plane = new MemoryControlPlane(TASKS);
const licet = new Licet({ fetcher: plane.fetcher, name: 'flat', timing: QUICK });
const remote = new Licet({ fetcher: plane.fetcher, mode: 'remote', timing: QUICK });
licet.on('error', () => undefined);
await licet.ready();

async function round(): Promise<number> {
  for (let edit = 1; edit <= EDITS; edit += 1) {
    const revision = plane.commit(edit % 2 ? admitBob : dismissBob);
    if (edit % 10 === 0) plane.cut(edit % 20 ? undefined : new Error('reset'));
    if (edit % 30 === 0) plane.forget();
    if (edit % 50 === 0) plane.send('event: change\ndata: garbage\n\n');
    for (let ask = 0; ask < 20; ask += 1) {
      licet.check('alice', 'task:delete', { id: `t${revision}-${ask}`, properties: { ownerId: 'alice' } });
    }
    await remote.checkMany('bob', ['task:read', 'task:delete']);
    await licet.reach(revision);
  }
  // What the control plane in memory keeps is not the application's.
  plane.requests.length = 0;
  plane.forget();
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc!();
  }
  return process.memoryUsage().heapUsed;
}

const used: number[] = [];
for (let turn = 0; turn < ROUNDS; turn += 1) used.push(await round());
await licet.close();
process.stdout.write(JSON.stringify(used));
