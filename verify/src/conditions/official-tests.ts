import type { Attributes } from '@licet/contract';
import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { tests as parsing } from '@bufbuild/cel-spec/testdata/parsing.js';
import { compileCondition, ConditionError } from '@licet/engine';
import { parseCondition } from '@licet/policy';

/** A test of google/cel-spec, tests/simple/testdata, as JSON. */
interface Test {
  name?: string;
  expr: string;
  container?: string;
  bindings?: Record<string, { value?: Json }>;
  value?: Json;
  typedResult?: { result?: Json };
  evalError?: unknown;
}
type Json = Record<string, unknown>;
type JsonValue = Attributes[string];
interface Suite {
  name: string;
  suites?: Suite[];
  tests?: { original: unknown; error?: string }[];
}

export interface OfficialOutcome {
  /** All official tests. */
  tests: number;
  /** Those with an expression of the profile and values that JSON has. */
  checked: number;
  /** Those among them where an error is the right answer. */
  erring: number;
  /** Refused at save, where CEL errs at evaluation. */
  refusedErrors: number;
  /** Refused at save although CEL has a value, by the reason of {@link REFUSALS}. */
  refusedValues: Record<string, number>;
  /** Texts that CEL cannot parse, all of which are refused. */
  unparsable: number;
  differences: string[];
}

/** What is no part of the profile, as parseCondition says it: functions, conversions, map literals and the like. */
const OUTSIDE =
  /not available|unsigned|bytes are|only a literal string|members are read only|is not used with|nested once|needs a name|iteration variable|is a reserved word|is not a name that|asks whether a member/;
/** Expressions with what the profile has no syntax for: messages, optional values, quoted members, bytes. */
const OTHER_SYNTAX = /google\.protobuf\.|TestAllTypes|\[\?|\{\?|\.\?|\.`|\bb['"]/;

/** Why an expression of the profile's own operators is refused although CEL has a value for it: decisions of the profile, each. */
export const REFUSALS: readonly { message: RegExp; reason: string }[] = [
  { message: /too large to be exact/, reason: 'numbers are those of JSON: a whole number beyond 2^53 would be another number' },
  { message: /is for numbers, strings and timestamps, and this is a boolean/, reason: 'booleans have no order' },
  { message: /`timestamp` reads a string/, reason: 'a timestamp is read from a string only' },
  {
    message: /needs true or false, and this is/,
    reason: 'an operand that can never be true or false is a mistake, even where the other one decides',
  },
  { message: /nested too deeply/, reason: 'depth is bounded' },
  {
    message: /control character|the character NUL/,
    reason: 'texts hold no NUL, which PostgreSQL cannot store, and expressions no unseen characters',
  },
  { message: /write a digit before the point/, reason: 'a number begins with a digit' },
];

/**
 * Runs the official CEL conformance tests (cel-spec v0.25.1) whose expression is in the profile: `dyn(x)` counts as `x`, and the variables
 * of a test become members of `context`. The result must be the official one, an error where that is one. Texts that the reference parser
 * refuses must be refused as well.
 */
export async function run(_options?: { count?: number; seed?: number }): Promise<OfficialOutcome> {
  const outcome: OfficialOutcome = { tests: 0, checked: 0, erring: 0, refusedErrors: 0, refusedValues: {}, unparsable: 0, differences: [] };
  for (const [path, { original }] of testsOf(conformance as Suite, [])) {
    outcome.tests++;
    judge(path, original as Test, outcome);
  }
  for (const [path, { original, error }] of testsOf(parsing as Suite, [])) {
    if (!error) continue;
    outcome.unparsable++;
    const { tree } = parseCondition((original as Test).expr, { mayBeConstant: true });
    if (tree) outcome.differences.push(`${path}: \`${(original as Test).expr}\` is no CEL and was taken: ${error.split('\n')[0]}`);
  }
  return outcome;
}

function* testsOf({ name, suites = [], tests = [] }: Suite, above: string[]): Generator<[string, { original: unknown; error?: string }]> {
  const path = [...above, name];
  for (const test of tests) yield [[...path.slice(1), (test.original as Test).name ?? ''].join('/'), test];
  for (const suite of suites) yield* testsOf(suite, path);
}

function judge(path: string, test: Test, outcome: OfficialOutcome): void {
  const expected = expectedOf(test);
  const context = contextOf(test.bindings ?? {});
  if (!expected || !context || test.container) return;
  const right = 'timestamp' in expected ? 'timestamp(context.expected)' : 'context.expected';
  const text = `(${inContext(test.expr, Object.keys(test.bindings ?? {}))}) == ${right}`;
  const { tree, errors } = parseCondition(text, { mayBeConstant: true });
  if (!tree) {
    const reason = errors.map(({ message }) => message).join('; ');
    refuse(path, test, reason, outcome);
    return;
  }
  outcome.checked++;
  if (test.evalError) outcome.erring++;
  const scope = { subject: { type: 'user', id: 'a' }, action: { name: 'a' }, resource: { type: 'a', id: 'a' }, now: 0 };
  const result = compileCondition(tree)({ ...scope, context: { ...context, expected: expected.json } });
  if (test.evalError ? result instanceof ConditionError : result === true) return;
  outcome.differences.push(`${path}: ${text} with ${JSON.stringify(expected)} is ${JSON.stringify(result)}`);
}

/** The official result; undefined where there is none, or none that JSON has. */
function expectedOf({ evalError, value, typedResult }: Test): ReturnType<typeof fromValue> {
  if (evalError) return { json: null };
  if (typedResult && !typedResult.result) return undefined;
  return fromValue(value ?? typedResult?.result ?? { boolValue: true });
}

function refuse(path: string, { expr, evalError }: Test, message: string, outcome: OfficialOutcome): void {
  if (OUTSIDE.test(message) || OTHER_SYNTAX.test(expr)) return;
  if (evalError) {
    outcome.refusedErrors++;
    return;
  }
  const reason = REFUSALS.find((refusal) => refusal.message.test(message))?.reason;
  if (reason) outcome.refusedValues[reason] = (outcome.refusedValues[reason] ?? 0) + 1;
  else outcome.differences.push(`${path}: ${expr} is refused: ${message}`);
}

/** A variable of such a name is never seen. */
const CONSTANTS = ['true', 'false', 'null'];

/** Names the variables of a test as members of `context`, and leaves out `dyn`. Texts in quotes stay as they are. */
function inContext(expr: string, names: string[]): string {
  return expr.replaceAll(/(["'])(?:\\.|(?!\1)[^\\])*\1|(?<![\w.])[A-Za-z_]\w*/gs, (token) =>
    token === 'dyn' ? '' : names.includes(token) && !CONSTANTS.includes(token) ? `context.${token}` : token,
  );
}

function contextOf(bindings: NonNullable<Test['bindings']>): Attributes | undefined {
  const context: Attributes = {};
  for (const [name, { value }] of Object.entries(bindings)) {
    const known = value && fromValue(value);
    if (!known || 'timestamp' in known || name.includes('.')) return undefined;
    context[name] = known.json;
  }
  return context;
}

/** A value of a test (cel.expr.Value) as JSON; undefined where JSON has no such value. */
function fromValue(value: Json): { json: JsonValue; timestamp?: true } | undefined {
  const [[kind, content] = []] = Object.entries(value);
  switch (kind) {
    case 'int64Value':
      return Number.isSafeInteger(Number(content)) ? { json: Number(content) } : undefined;
    case 'doubleValue':
      return Number.isFinite(content) ? { json: content as number } : undefined;
    case 'stringValue':
    case 'boolValue':
    case 'nullValue':
      return { json: kind === 'nullValue' ? null : (content as string | boolean) };
    case 'listValue':
      return fromList(((content as Json)['values'] ?? []) as Json[]);
    case 'mapValue':
      return fromMap(((content as Json)['entries'] ?? []) as { key: Json; value: Json }[]);
    case 'objectValue': {
      const object = content as Json;
      return String(object['@type']).endsWith('google.protobuf.Timestamp')
        ? { json: object['value'] as string, timestamp: true }
        : undefined;
    }
    default:
      return undefined;
  }
}

function fromList(values: Json[]): { json: JsonValue[] } | undefined {
  const items = values.map(fromValue);
  return items.every((item) => item !== undefined && !('timestamp' in item)) ? { json: items.map((item) => item!.json) } : undefined;
}

function fromMap(entries: { key: Json; value: Json }[]): { json: Attributes } | undefined {
  const map: Attributes = {};
  for (const { key, value } of entries) {
    const member = fromValue(value);
    if (!member || 'timestamp' in member || typeof key['stringValue'] !== 'string') return undefined;
    map[key['stringValue']] = member.json;
  }
  return { json: map };
}
