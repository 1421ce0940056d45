/**
 * Hostile questions, over HTTP and to decide() itself. Whatever is sent: an answer of the closed kind (200, 400 or 413, errors as problem
 * documents), the decision of the naive reference where the question is JSON, no built-in object changed, and no input that takes 10 ms to
 * read and to decide.
 */
import { DecisionReason, emptyRows, type Decision, type EvaluationRequest, type PolicyRow, type SnapshotDocument } from '@licet/contract';
import { decisionHttp } from '@licet/decision-http';
import { createSnapshot, decide, tenantOf, type Snapshot } from '@licet/engine';
import Fastify, { type FastifyInstance } from 'fastify';
import { randomTree } from './condition-model.ts';
import { builtIns, cost } from './harmless.ts';
import { hostileBody, hugeBody } from './hostile-json.ts';
import { hostileQuestion } from './hostile-value.ts';
import { NOW } from './model.ts';
import { Random } from './random.ts';
import { reference } from './reference.ts';
import { same } from './same.ts';
import { addDifference, countOne, emptyTally, WHOLE, type Share, type Tally } from './tally.ts';

const LONGEST_MS = 10;
/** How often a suspect is measured again. */
/** Inputs come in blocks, each of which begins with a huge one. */
const BLOCK = 1_000;
const EACH_HTTP = 10;
const MOST_SHOWN = 500;
const REASONS = new Set<string>(DecisionReason.options);

interface Model {
  snapshot: Snapshot;
  ask: ReturnType<typeof reference>;
  longestMs: number;
}

/**
 * Sends so many hostile inputs.
 * @param longestMs what none may take
 * @returns what was counted; a difference is an input that was not answered as it should be
 */
export async function fuzzRequests(count: number, seed: number, share: Share = WHOLE, longestMs = LONGEST_MS): Promise<Tally> {
  const document = policyOf(new Random(seed));
  const snapshot = createSnapshot(document);
  const model = { snapshot, ask: reference(document), longestMs };
  const server = serve(snapshot);
  const tally = emptyTally();
  const untouched = builtIns();
  for (let block = share.of; block * BLOCK < count; block += share.outOf) {
    const random = new Random(seed, block);
    await send(server, hugeBody(random, block), tally, longestMs);
    tally.count++;
    for (let i = 1; i < Math.min(BLOCK, count - block * BLOCK); i++) await sendOne(server, model, random, tally);
    if (builtIns() !== untouched) throw new Error(`a built-in object has changed by an input of block ${block}`);
  }
  await server.close();
  return tally;
}

/** Some over HTTP, which costs most; the others go to decide() alone. */
async function sendOne(server: FastifyInstance, model: Model, random: Random, tally: Tally): Promise<void> {
  tally.count++;
  try {
    if (random.once(EACH_HTTP)) await send(server, hostileBody(random), tally, model.longestMs);
    else if (random.once(2)) await decideOn(model, hostileQuestion(random), tally);
    else await judge(model, parsed(hostileBody(random)), tally);
  } catch (error) {
    addDifference(tally, { threw: String(error) });
  }
}

/** A policy that looks at everything in a question of alice's: many conditions, and a denial where a flag says so. */
function policyOf(random: Random): SnapshotDocument {
  const conditions = Array.from({ length: 30 }, (_, i) => ({ id: `c${i}`, tree: randomTree(random) }));
  const flagged: PolicyRow<'conditions'> = { id: 'flagged', tree: { op: 'has', path: ['subject', 'properties', 'flag'] } };
  const grants = conditions.map(({ id }): PolicyRow<'grants'> => ({
    id: `g-${id}`,
    role: 'r',
    permission: 'task:*',
    effect: 'allow',
    condition: id,
  }));
  const assignment = { role: 'r', tenant: '*', resource: null, startsAt: null, expiresAt: null };
  return {
    format: 1,
    revision: 9,
    rows: {
      ...emptyRows(),
      tenants: [{ id: 'default' }, { id: 'constructor' }],
      'resource-types': [{ id: 'task', attributes: {} }],
      permissions: [{ id: 'task:read' }],
      conditions: [...conditions, flagged],
      roles: [{ id: 'r' }],
      grants: [...grants, { id: 'g-deny', role: 'r', permission: '*:read', effect: 'deny', condition: 'flagged' }],
      users: [{ id: 'alice', enabled: true, attributes: { owner: 'alice', level: 2 } }],
      resources: [{ id: 'task:1', tenant: null, attributes: { tags: ['alice'], more: { a: 1 } } }],
      assignments: [
        { ...assignment, id: 'a-1', user: 'alice', group: null },
        { ...assignment, id: 'a-2', user: null, group: 'anyone' },
      ],
    },
  };
}

function serve(snapshot: Snapshot): FastifyInstance {
  const server = Fastify();
  server.register(decisionHttp, {
    snapshot: () => snapshot,
    authenticate: () => ({ id: 'verify' }),
    publicUrl: 'https://licet.example.com',
    now: () => NOW,
  });
  return server;
}

async function send(server: FastifyInstance, body: string, tally: Tally, longestMs: number): Promise<void> {
  const url = body.includes('"evaluations"') ? '/access/v1/evaluations' : '/access/v1/evaluation';
  const post = () => server.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload: body });
  const begun = performance.now();
  const { statusCode, headers, body: text } = await post();
  const took = performance.now() - begun;
  countOne(tally, `HTTP ${statusCode}`);
  // What JSON.parse takes for 256 kB of it is not ours.
  const slow = took > longestMs && (await cost(post)) - (await cost(() => parsed(body))) > longestMs ? 'too slow' : undefined;
  const fault = faultOf(statusCode, String(headers['content-type']), text) ?? slow;
  if (fault !== undefined)
    addDifference(tally, { body: body.slice(0, MOST_SHOWN), bytes: body.length, fault, statusCode, text: text.slice(0, MOST_SHOWN) });
}

function faultOf(status: number, type: string, text: string): string | undefined {
  const answer = JSON.parse(text) as Record<string, unknown>;
  if (status === 200) {
    const all = (answer['evaluations'] ?? [answer]) as { decision?: unknown; context?: { reason?: string } }[];
    const closed = all.every(({ decision, context }) => typeof decision === 'boolean' && REASONS.has(context?.reason ?? ''));
    return closed ? undefined : 'an answer that is no decision';
  }
  if (status !== 400 && status !== 413) return 'another status';
  const isProblem = type.startsWith('application/problem+json') && answer['status'] === status && typeof answer['code'] === 'string';
  return isProblem ? undefined : 'no problem document';
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** JSON has to be decided as the reference decides it. */
async function judge(model: Model, question: unknown, tally: Tally): Promise<void> {
  const mine = await decideOn(model, question, tally);
  const theirs = model.ask(question as EvaluationRequest, NOW);
  if (!same(mine, theirs)) addDifference(tally, { question: inspected(question), mine, theirs });
}

async function decideOn({ snapshot, longestMs }: Model, question: unknown, tally: Tally): Promise<Decision> {
  const ask = () => decide(snapshot, question as EvaluationRequest, NOW);
  const begun = performance.now();
  const answer = ask();
  const took = performance.now() - begun;
  const { decision, reason, path } = answer;
  const tenant = tenantOf(snapshot, question as EvaluationRequest);
  countOne(tally, reason);
  const closed = REASONS.has(reason) && decision === (reason === 'allowed_by_grant') && decision === (path?.effect === 'allow');
  if (!closed || typeof tenant !== 'string') addDifference(tally, { question: inspected(question), answer, tenant });
  if (took > longestMs && (await cost(ask)) > longestMs) addDifference(tally, { question: inspected(question), took });
  return answer;
}

function inspected(question: unknown): string {
  try {
    return JSON.stringify(question).slice(0, MOST_SHOWN);
  } catch {
    return typeof question;
  }
}
