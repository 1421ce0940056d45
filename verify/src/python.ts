/** The engine of the Python SDK against this one: random policies, random questions, and the whole answer compared. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { userKey, type Decision, type EvaluationRequest, type SnapshotDocument } from '@licet/contract';
import {
  createSnapshot,
  decide,
  explain,
  filterPlan,
  searchActions,
  searchResources,
  searchSubjects,
  type Found,
  type SearchPage,
  type Snapshot,
} from '@licet/engine';
import { QUESTIONS, plan, randomModel, sizeOf } from './differential.ts';
import type { Question } from './question.ts';
import { addDifference, countOne, emptyTally, WHOLE, type Tally } from './tally.ts';

const PROGRAM = fileURLToPath(new URL('../src/answers.py', import.meta.url));
const VENV = fileURLToPath(new URL('../../libs/sdk-python/.venv/bin/python', import.meta.url));
/** Of how many questions of each model explanation, plan and searches are compared, too. They take longer than a decision. */
const EXPLAINED = { small: 40, medium: 20, large: 2 };

interface Answered {
  answers: Decision[];
  grounds: object[];
}

/**
 * Compares the answers to so many questions, or a share of them.
 * @param share of the models, number `of` each `outOf`
 */
export async function compareWithPython(decisions: number, seed: number, share = WHOLE, program = PROGRAM): Promise<Tally> {
  const tally = emptyTally();
  const { models, last } = plan(decisions);
  const python = startPython(program);
  try {
    for (let model = share.of; model < models; model += share.outOf) {
      const size = sizeOf(model);
      const { document, questions } = randomModel(seed, model);
      const asked = Array.from({ length: model === models - 1 ? last : QUESTIONS[size] }, () => asJson(questions.next()));
      const valid = { ...document, rows: { ...document.rows, assignments: document.rows.assignments.filter(namesOneHolder) } };
      const theirs = await python.ask({ document: valid, questions: asked, explained: EXPLAINED[size] });
      compareModel(model, createSnapshot(valid), asked, theirs, tally);
    }
  } finally {
    python.end();
  }
  return tally;
}

/** A row that names both is the user's here, and refused there; the control plane makes none. */
function namesOneHolder({ user, group }: SnapshotDocument['rows']['assignments'][number]): boolean {
  return (user === null) !== (group === null);
}

function asJson({ request, now }: Question): Question {
  return JSON.parse(JSON.stringify({ request: request ?? null, now })) as Question;
}

function compareModel(model: number, snapshot: Snapshot, asked: readonly Question[], theirs: Answered, tally: Tally): void {
  for (const [i, { request, now }] of asked.entries()) {
    const mine = decide(snapshot, request, now);
    countOne(tally, mine.reason);
    if (!isDeepStrictEqual(mine, theirs.answers[i])) addDifference(tally, { model, request, now, node: mine, python: theirs.answers[i] });
  }
  for (const [i, grounds] of theirs.grounds.entries()) {
    const { request, now } = asked[i] as Question;
    // Nobody has said why what is no question has no answer.
    if (theirs.answers[i]?.reason === 'invalid_request') continue;
    const mine: unknown = JSON.parse(JSON.stringify(groundsOf(snapshot, request, now)));
    countOne(tally, 'explained, planned and searched');
    if (!isDeepStrictEqual(mine, grounds)) addDifference(tally, { model, request, now, node: mine, python: grounds });
  }
  countOne(tally, 'models');
  tally.count += asked.length;
}

function groundsOf(snapshot: Snapshot, request: EvaluationRequest, now: number): object {
  return {
    explanation: explain(snapshot, request, now),
    plan: filterPlan(snapshot, request, now),
    subjects: allPages((page) => searchSubjects(snapshot, request, now, page)).map(({ type, id }) => userKey(type, id)),
    resources: allPages((page) => searchResources(snapshot, request, now, page)).map(({ id }) => id),
    actions: allPages((page) => searchActions(snapshot, request, now, page)).map(({ name }) => name),
  };
}

function allPages<T>(search: (page: SearchPage) => Found<T>): T[] {
  const all: T[] = [];
  for (let after: string | undefined, more = true; more;) {
    const { results, next } = search({ limit: 1000, after });
    all.push(...results);
    [after, more] = [next ?? undefined, next !== null];
  }
  return all;
}

/** Starts the interpreter that LICET_PYTHON names, or that of the SDK's own environment. */
function startPython(program: string): { ask: (line: object) => Promise<Answered>; end: () => void } {
  const interpreter = process.env['LICET_PYTHON'] ?? VENV;
  if (!existsSync(interpreter)) throw new Error(`there is no ${interpreter}: run \`node tools/python.mjs\`, which makes it`);
  const child = spawn(interpreter, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ask = async (line: object): Promise<Answered> => {
    child.stdin.write(`${JSON.stringify(line)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('Python ended without an answer');
    return JSON.parse(value) as Answered;
  };
  return { ask, end: () => child.stdin.end() };
}
