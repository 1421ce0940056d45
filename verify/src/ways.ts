/** All ways to ask. Each has to give the answer of decide() to every question that it can be asked. */
import { setImmediate } from 'node:timers/promises';
import { decisionHttp } from '@licet/decision-http';
import {
  createSnapshot,
  decide,
  explain,
  filterPlan,
  fromBinary,
  rowFilter,
  searchActions,
  searchResources,
  searchSubjects,
  toBinary,
  type Found,
  type SearchPage,
  type Snapshot,
} from '@licet/engine';
import { Licet } from '@licet/sdk-node';
import { MemoryControlPlane } from '@licet/sdk-node/testing';
import { userKey, type Attributes, type EvaluationRequest, type SnapshotDocument } from '@licet/contract';
import Fastify from 'fastify';

/** A policy, its snapshot, and the time at which it is asked. */
export interface Model {
  document: SnapshotDocument;
  snapshot: Snapshot;
  now: number;
}

export interface Way {
  name: string;
  /** Answers in the order of the questions; undefined where this way cannot be asked such a question. */
  ask: (model: Model, questions: readonly EvaluationRequest[]) => Answers | Promise<Answers>;
}
type Answers = (boolean | undefined)[];

/** The first is what all others are held to. */
export const WAYS: readonly Way[] = [
  { name: 'decide', ask: ({ snapshot, now }, questions) => questions.map((question) => decide(snapshot, question, now).decision) },
  { name: 'decide, after compiling anew', ask: ({ document, now }, questions) => askAnew(document, questions, now) },
  { name: 'decide, from bytes', ask: ({ snapshot, now }, questions) => askFromBytes(snapshot, questions, now) },
  {
    name: 'explain',
    ask: ({ snapshot, now }, questions) => questions.map((question) => explain(snapshot, question, now).decision.decision),
  },
  { name: 'search for subjects', ask: bySubjects },
  { name: 'search for resources', ask: byResources },
  { name: 'search for actions', ask: byActions },
  { name: 'filter plan', ask: byPlan },
  { name: 'HTTP, one by one', ask: overHttp },
  { name: 'HTTP, as a batch', ask: overHttpAtOnce },
  { name: 'SDK for Node', ask: withSdk },
];

function askAnew(document: SnapshotDocument, questions: readonly EvaluationRequest[], now: number): Answers {
  const snapshot = createSnapshot(structuredClone(document));
  return questions.map((question) => decide(snapshot, question, now).decision);
}

function askFromBytes(snapshot: Snapshot, questions: readonly EvaluationRequest[], now: number): Answers {
  const read = fromBinary(toBinary(snapshot));
  return questions.map((question) => decide(read, question, now).decision);
}

/** Only registered users are searched for. */
function bySubjects({ document, snapshot, now }: Model, questions: readonly EvaluationRequest[]): Answers {
  const registered = new Set(document.rows.users.map(({ id }) => id));
  return questions.map((question) => {
    const { type, id } = question.subject;
    if (!registered.has(userKey(type, id)) || type.includes(':')) return undefined;
    return allPages((page) => searchSubjects(snapshot, question, now, page)).some((found) => found.id === id);
  });
}

/** Only registered resources are searched for. */
function byResources({ document, snapshot, now }: Model, questions: readonly EvaluationRequest[]): Answers {
  const registered = new Set(document.rows.resources.map(({ id }) => id));
  return questions.map((question) => {
    const { type, id } = question.resource;
    if (!registered.has(`${type}:${id}`) || type.includes(':')) return undefined;
    return allPages((page) => searchResources(snapshot, question, now, page)).some((found) => found.id === id);
  });
}

/** A search for actions cannot say anything about the action but its name. */
function byActions({ snapshot, now }: Model, questions: readonly EvaluationRequest[]): Answers {
  return questions.map((question) => {
    const { name, properties } = question.action;
    if (properties !== undefined) return undefined;
    return allPages((page) => searchActions(snapshot, question, now, page)).some((found) => found.name === name);
  });
}

function allPages<T>(search: (page: SearchPage) => Found<T>): T[] {
  const all: T[] = [];
  let after: string | undefined;
  do {
    const { results, next } = search({ limit: 3, after });
    all.push(...results);
    after = next ?? undefined;
  } while (after !== undefined);
  return all;
}

/** A plan is about rows that give all their attributes: of a registered resource also those that are stored. */
function byPlan({ document, snapshot, now }: Model, questions: readonly EvaluationRequest[]): Answers {
  const stored = new Map(document.rows.resources.map((row) => [row.id, row]));
  return questions.map(({ subject, action, resource: { type, id, properties: given = {} }, context }) => {
    const row = stored.get(`${type}:${id}`);
    if (row && row.tenant !== null && Object.hasOwn(given, 'tenant') && given['tenant'] === null) return undefined;
    const properties: Attributes = { ...row?.attributes, ...given };
    if (row && row.tenant !== null && !Object.hasOwn(given, 'tenant')) {
      // The stored attribute of that name would be the tenant then, in place of the registered one.
      if (Object.hasOwn(properties, 'tenant')) return undefined;
      properties['tenant'] = row.tenant;
    } else if (row && Object.hasOwn(row.attributes, 'tenant') && !Object.hasOwn(given, 'tenant')) return undefined;
    const plan = filterPlan(snapshot, { subject, action, resource: { type }, ...(context && { context }) }, now);
    if (plan.kind === 'never' && plan.reason === 'not_expressible') return undefined;
    return rowFilter(plan)({ id, properties });
  });
}

/** One server for all models: `held` is what it answers from. */
let held: Model | undefined;
const server = Fastify();
server.register(decisionHttp, {
  snapshot: () => held?.snapshot ?? null,
  authenticate: () => ({ id: 'verify' }),
  publicUrl: 'https://licet.example.com',
  now: () => held?.now ?? 0,
});

async function post(model: Model, url: string, payload: object): Promise<unknown> {
  held = model;
  const answer = await server.inject({ method: 'POST', url, payload });
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${answer.body}`);
  return answer.json();
}

async function overHttp(model: Model, questions: readonly EvaluationRequest[]): Promise<Answers> {
  const answers: Answers = [];
  for (const question of questions) {
    const { decision } = (await post(model, '/access/v1/evaluation', question)) as { decision: boolean };
    answers.push(decision);
  }
  return answers;
}

async function overHttpAtOnce(model: Model, evaluations: readonly EvaluationRequest[]): Promise<Answers> {
  const { evaluations: answers } = (await post(model, '/access/v1/evaluations', { evaluations })) as {
    evaluations: { decision: boolean }[];
  };
  return answers.map(({ decision }) => decision);
}

async function withSdk({ document, now }: Model, questions: readonly EvaluationRequest[]): Promise<Answers> {
  const plane = new MemoryControlPlane(document.rows, document.revision);
  const licet = new Licet({ fetcher: plane.fetcher, decisionLog: false, name: 'verify' });
  try {
    await licet.ready();
    return atTime(now, () =>
      questions.map(({ subject, action, resource, context }) => {
        const options = { ...(action.properties && { action: action.properties }), ...(context && { context }) };
        const { id, properties } = resource;
        return licet.check(subject, `${resource.type}:${action.name}`, { id, ...(properties && { properties }) }, options).decision;
      }),
    );
  } finally {
    await Promise.all([licet.close(), setImmediate()]);
  }
}

/** An SDK asks at the time that it is: so the time has to be another for once. */
function atTime<T>(now: number, run: () => T): T {
  const clock = Date.now;
  Date.now = () => now;
  try {
    return run();
  } finally {
    Date.now = clock;
  }
}
