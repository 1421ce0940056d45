import type { Expr } from '@licet/contract';
import { compileCondition, ConditionError, type Scope } from '@licet/engine';
import { parseCondition } from '@licet/policy';
import { Writer } from './expressions.ts';
import { hostileText } from './hostile-texts.ts';
import { hostileTree, hostileValue, hugeTrees, mutatedTree } from './hostile-trees.ts';
import { Random } from './random.ts';
import { randomScope } from './values.ts';

const MOST_MS = 10;
/** A slow input is asked again so often; the fastest counts, for the others may have been compiled or collected meanwhile. */
const AGAIN = 5;
/** What is faster than this is not measured again. */
const SUSPECT_MS = 1;
const MOST_DIFFERENCES = 20;
const SCOPES = 200;
const TREES = 2_000;

export interface FuzzOutcome {
  checked: number;
  /** Texts that the parser took, and trees that gave true or false. */
  taken: number;
  decided: number;
  /** The slowest input, in milliseconds of work; 0 where none was suspected. */
  slowestMs: number;
  differences: string[];
}

/**
 * Gives hostile texts to the condition parser and hostile trees, about hostile requests, to the evaluator, half and half. Nothing may
 * throw, nothing may change a prototype, nothing may take longer than `mostMs`.
 * @param count how many inputs
 * @param mostMs milliseconds of this thread's work
 */
export async function run({ count, seed, mostMs = MOST_MS }: { count: number; seed: number; mostMs?: number }): Promise<FuzzOutcome> {
  const random = new Random(seed);
  const outcome: FuzzOutcome = { checked: 0, taken: 0, decided: 0, slowestMs: 0, differences: [] };
  const before = prototypes();
  const scopes = Array.from({ length: SCOPES }, () => hostileScope(random));
  const writer = new Writer(random);
  const trees = Array.from({ length: TREES }, () => parseCondition(writer.condition()).tree).filter((tree) => tree !== undefined);
  for (const { name, tree } of hugeTrees()) for (const scope of scopes.slice(0, 5)) evaluated(name, tree, scope, outcome, mostMs);
  while (outcome.checked < count && outcome.differences.length < MOST_DIFFERENCES) {
    outcome.checked++;
    if (random.chance(0.5)) parsed(hostileText(random), outcome, mostMs);
    else
      evaluated(
        undefined,
        random.chance(0.5) ? hostileTree(random) : mutatedTree(random, random.pick(trees)),
        random.pick(scopes),
        outcome,
        mostMs,
      );
    if (outcome.checked % 10_000 === 0) comparePrototypes(before, outcome);
  }
  comparePrototypes(before, outcome);
  return outcome;
}

function parsed(text: string, outcome: FuzzOutcome, mostMs: number): void {
  const result = timed(
    () => parseCondition(text),
    () => JSON.stringify(text),
    outcome,
    mostMs,
  );
  if (!result) return;
  if (result.tree) outcome.taken++;
  else if (result.errors.length === 0) outcome.differences.push(`${JSON.stringify(text)} gives neither a tree nor an error`);
}

function evaluated(name: string | undefined, tree: unknown, scope: Scope, outcome: FuzzOutcome, mostMs: number): void {
  const result = timed(
    () => compileCondition(tree as Expr)(scope),
    () => `${name ?? JSON.stringify(tree)} about ${JSON.stringify(scope).slice(0, 500)}`,
    outcome,
    mostMs,
  );
  if (typeof result === 'boolean') outcome.decided++;
  else if (result && !(result instanceof ConditionError))
    outcome.differences.push(`${name ?? JSON.stringify(tree)} gives ${JSON.stringify(result)}`);
}

function timed<T>(work: () => T, describe: () => string, outcome: FuzzOutcome, mostMs: number): T | undefined {
  try {
    const start = performance.now();
    const result = work();
    if (performance.now() - start > Math.max(outcome.slowestMs, SUSPECT_MS)) {
      const ms = Math.min(...Array.from({ length: AGAIN }, () => cpuMs(work)));
      if (ms > outcome.slowestMs) outcome.slowestMs = ms;
      if (ms > mostMs) outcome.differences.push(`${describe()} takes ${ms.toFixed(1)} ms`);
    }
    return result;
  } catch (error) {
    outcome.differences.push(`${describe()} throws ${String(error)}`);
    return undefined;
  }
}

/** What this thread worked, without what the machine did meanwhile. */
function cpuMs(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** A request with long lists, and with members of any kind and name. */
function hostileScope(random: Random): Scope {
  const scope = randomScope(random);
  const item = () => hostileValue(random, 2);
  const map = (): Record<string, never> => {
    const value = JSON.parse(
      JSON.stringify({ l: random.many(0, random.chance(0.1) ? 1200 : 20, item), m: hostileValue(random, 3), a: item(), x: item() }),
    ) as Record<string, never>;
    if (random.chance(0.03))
      Object.assign(value, { l: random.many(90, 110, () => ({ l: random.many(90, 110, () => hostileValue(random, 0)), s: 'a' })) });
    return value;
  };
  return { ...scope, context: map(), subject: { ...scope.subject, properties: map() }, storedResource: map() };
}

const PROTOTYPES = [
  Object.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
  Function.prototype,
  Map.prototype,
  Set.prototype,
  RegExp.prototype,
];

const prototypes = (): string => PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).map(String).join()).join('|');

function comparePrototypes(before: string, outcome: FuzzOutcome): void {
  if (prototypes() !== before) outcome.differences.push(`a prototype has changed, among the ${outcome.checked} inputs so far`);
}
