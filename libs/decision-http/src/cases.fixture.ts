// Serves the plugin to tests in other languages, by itself, with the policy and the time of the case at hand: `PUT /case` sets them. Prints
// its address when it is ready, and ends with whoever started it.
import { emptyRows, type PolicyRows } from '@licet/contract';
import { createSnapshot, type Snapshot } from '@licet/engine';
import Fastify from 'fastify';
import { decisionHttp } from './decision-http.ts';

interface Case {
  /** Left out: the one before. */
  policy?: Partial<PolicyRows>;
  /** ms since the epoch. */
  now: number;
}

let held: Snapshot | null = null;
let time = 0;

const server = Fastify();
server.put<{ Body: Case }>('/case', { bodyLimit: 16 * 1024 * 1024 }, async ({ body: { policy, now } }) => {
  if (policy !== undefined) held = createSnapshot({ format: 1, revision: 1, rows: { ...emptyRows(), ...policy } });
  time = now;
  return {};
});
await server.register(decisionHttp, {
  snapshot: () => held,
  authenticate: (authorization) => (authorization === undefined ? 'unauthenticated' : { id: 'tests' }),
  publicUrl: 'http://licet.test',
  now: () => time,
});
process.stdin.on('end', () => process.exit()).resume();
console.log(await server.listen({ port: 0, host: '127.0.0.1' }));
