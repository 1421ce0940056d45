import { compileCondition, type Scope } from '@licet/engine';
import { parseCondition } from '@licet/policy';
import { type Bindings, bindings, referee, type Verdict } from './cel-oracle.ts';
import { Writer } from './expressions.ts';
import { Random } from './random.ts';
import { randomScope } from './values.ts';

/** How many requests each expression is asked for. */
const SCOPES_EACH = 4;
/** So many requests are made at a time, and shared by the expressions that follow. */
const POOL = 64;
const EXPRESSIONS_A_POOL = 500;
const MOST_DIFFERENCES = 20;
const SAME_RESULT = /the condition is always (true|false)/;

export interface Outcome {
  /** Expressions that were taken and compared. */
  checked: number;
  differences: string[];
  /** Single comparisons, by what both said. */
  agreed: { true: number; false: number; error: number };
  /** Expressions that were refused at save; those refused as always true or always false were compared as well. */
  refused: number;
}

/**
 * Asks the tree evaluator and `@bufbuild/cel` the same random conditions about the same random requests. A value must be the same value;
 * an error must be an error. What is refused as always true (or always false) must never be anything else, errors aside.
 * @param count how many expressions are to be compared
 */
export async function run(options: { count: number; seed: number }): Promise<Outcome> {
  // The referee makes an error of JavaScript for each error of CEL; with a stack it would cost ten times what it says.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return compareMany(options);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function compareMany({ count, seed }: { count: number; seed: number }): Outcome {
  const random = new Random(seed);
  const writer = new Writer(random);
  const outcome: Outcome = { checked: 0, differences: [], agreed: { true: 0, false: 0, error: 0 }, refused: 0 };
  let pool: Asked[] = [];
  for (let written = 0; outcome.checked < count && outcome.differences.length < MOST_DIFFERENCES; written++) {
    if (written % EXPRESSIONS_A_POOL === 0) pool = Array.from({ length: POOL }, () => asked(randomScope(random)));
    const text = writer.condition();
    const { tree, errors } = parseCondition(text);
    const scopes = Array.from({ length: SCOPES_EACH }, () => random.pick(pool));
    if (tree) {
      outcome.checked++;
      compare(text, compileCondition(tree), scopes, outcome);
    } else {
      outcome.refused++;
      const same = errors.length === 1 ? SAME_RESULT.exec(errors[0]!.message)?.[1] : undefined;
      if (same) compareRefused(text, same === 'true', scopes, outcome);
    }
  }
  return outcome;
}

interface Asked {
  scope: Scope;
  variables: Bindings;
}

const asked = (scope: Scope): Asked => ({ scope, variables: bindings(scope) });

function compare(text: string, condition: ReturnType<typeof compileCondition>, scopes: Asked[], outcome: Outcome): void {
  const judge = judgeOf(text, outcome);
  if (!judge) return;
  for (const { scope, variables } of scopes) {
    const result = condition(scope);
    const ours: Verdict = typeof result === 'boolean' ? result : 'error';
    const theirs = judge(variables);
    if (ours === theirs) outcome.agreed[`${ours}`]++;
    else outcome.differences.push(`${text}\n  about ${JSON.stringify(scope)}\n  is ${JSON.stringify(result)} here and ${theirs} there`);
  }
}

function compareRefused(text: string, result: boolean, scopes: Asked[], outcome: Outcome): void {
  const judge = judgeOf(text, outcome);
  for (const { scope, variables } of judge ? scopes : []) {
    const theirs = judge!(variables);
    if (theirs === !result)
      outcome.differences.push(`${text}\n  about ${JSON.stringify(scope)}\n  is refused as always ${result} and is ${theirs}`);
  }
}

function judgeOf(text: string, outcome: Outcome): ReturnType<typeof referee> | undefined {
  try {
    return referee(text);
  } catch (error) {
    outcome.differences.push(`${text}\n  is taken here and no CEL there: ${String(error)}`);
    return undefined;
  }
}
