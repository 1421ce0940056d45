import {
  type CelInput,
  type CelMap,
  type CelValue,
  celEnv,
  celError,
  celFunc,
  celList,
  celMap,
  CelScalar,
  isCelError,
  isCelMap,
  mapType,
  objectType,
  parse,
  plan,
} from '@bufbuild/cel';
import { type Expr as CelExpr, ExprSchema } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { create } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { timestampFromMs, TimestampSchema } from '@bufbuild/protobuf/wkt';
import type { Scope } from '@licet/engine';

// `@bufbuild/cel` as the referee of conditions. It parses, plans and evaluates by itself; what is replaced is listed here, overload by
// overload. There are two kinds: decisions of the profile, where Licet refuses what CEL would answer (an error instead of a value, never
// another value, with one exception: timestamps are cut to milliseconds), and faults of the library against the CEL specification.

/** Where conditions differ from CEL on purpose. `docs/conditions.md` gives the reasons. */
export const DECISIONS = [
  'booleans have no order: `false < true` is an error',
  '`!!a` is an error where `a` is no boolean: parsers of CEL leave out pairs of `!`, so that it is `a` there',
  '`in` looks for strings among the names of a map: another type is an error',
  '`exists` and `all` go over lists: over the names of a map is an error',
  '`timestamp` reads strings: of a number or a timestamp it is an error',
  'timestamps count milliseconds, further digits are cut off; `t` and `z` may be small letters, and there may be more than nine digits; the year 0000 is refused',
] as const;

/** Where the library does not do what the specification says (cel-spec v0.25.1, doc/langdef.md). */
export const LIBRARY_FAULTS = [
  'a member that is null counts as absent in `has` and `in` ("Field Selection": a key of the map)',
  '`has` of a member of what is no map is false ("Field Selection": in all other cases an error)',
  'strings are ordered by UTF-16 units (the specification orders code points)',
  '`timestamp` takes days that a month does not have, and 24:00:00 (RFC 3339, section 5.7)',
] as const;

const { BOOL, DOUBLE, DYN, INT, STRING } = CelScalar;
const MAP = mapType(DYN, DYN);
const TIMESTAMP = objectType(TimestampSchema);
const HAS = 'licet_has';
const NOT = 'licet_not';

function outside(): never {
  throw new Error('outside the profile');
}

const compareCodePoints = (left: string, right: string): number => {
  const [a, b] = [Array.from(left, codePoint), Array.from(right, codePoint)];
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
};
const codePoint = (character: string) => character.codePointAt(0)!;

const ORDER = {
  '_<_': (order: number) => order < 0,
  '_<=_': (order: number) => order <= 0,
  '_>_': (order: number) => order > 0,
  '_>=_': (order: number) => order >= 0,
};

const env = celEnv({
  funcs: [
    ...Object.entries(ORDER).flatMap(([name, test]) => [
      celFunc(name, [BOOL, BOOL], BOOL, outside),
      celFunc(name, [STRING, STRING], BOOL, (left, right) => test(compareCodePoints(left, right))),
    ]),
    ...[DOUBLE, INT, BOOL].map((type) => celFunc('@in', [type, MAP], BOOL, outside)),
    celFunc('timestamp', [INT], TIMESTAMP, outside),
    celFunc('timestamp', [TIMESTAMP], TIMESTAMP, outside),
    celFunc('timestamp', [STRING], TIMESTAMP, (text) => timestampFromMs(milliseconds(text))),
    celFunc(NOT, [BOOL], BOOL, (value) => !value),
    celFunc(HAS, [DYN, STRING], BOOL, (map, name) => (isCelMap(map) ? map.has(name) : outside())),
  ],
});

const [FIRST, LAST] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** Reads RFC 3339 by way of JavaScript's own calendar: what it gives back must be what was read. */
function milliseconds(text: string): number {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (!parts) return outside();
  const [, day, time, digits = '', sign, hours = '0', minutes = '0'] = parts;
  const local = new Date(`${day}T${time}.${digits.padEnd(3, '0').slice(0, 3)}Z`);
  if (Number.isNaN(local.getTime()) || local.toISOString().slice(0, 19) !== `${day}T${time}`) return outside();
  if (Number(hours) > 23 || Number(minutes) > 59) return outside();
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const utc = local.getTime() - offset;
  return day!.startsWith('0000') || utc < FIRST || utc > LAST ? outside() : utc;
}

/** Has `has(e.f)` ask {@link HAS}, which does what the specification says. */
function rewriteHas(expr: CelExpr | undefined): void {
  if (!expr) return;
  const { exprKind } = expr;
  if (exprKind.case === 'selectExpr') {
    rewriteHas(exprKind.value.operand);
    if (!exprKind.value.testOnly) return;
    const name = create(ExprSchema, {
      id: expr.id,
      exprKind: { case: 'constExpr', value: { constantKind: { case: 'stringValue', value: exprKind.value.field } } },
    });
    expr.exprKind = create(ExprSchema, {
      exprKind: { case: 'callExpr', value: { function: HAS, args: [exprKind.value.operand!, name] } },
    }).exprKind;
  } else if (exprKind.case === 'callExpr') {
    rewriteHas(exprKind.value.target);
    exprKind.value.args.forEach(rewriteHas);
  } else if (exprKind.case === 'listExpr') {
    exprKind.value.elements.forEach(rewriteHas);
  } else if (exprKind.case === 'comprehensionExpr') {
    const { accuInit, iterRange, loopCondition, loopStep, result } = exprKind.value;
    [accuInit, iterRange, loopCondition, loopStep, result].forEach(rewriteHas);
  }
}

/** A JSON value as CEL sees it: numbers are doubles, the names of maps are strings. */
function toCel(value: unknown): CelInput {
  if (Array.isArray(value)) return celList(value.map(toCel));
  if (typeof value !== 'object' || value === null) return value as string | number | boolean | null;
  return profileMap(Object.entries(value as Record<string, unknown>));
}

function profileMap(entries: Iterable<[string, unknown]>): CelMap {
  const map = new Map([...entries].map(([name, member]) => [name, toCel(member)]));
  // `has` finds members that are null; and what goes over the names of a map meets an error.
  const names = () => [celError('outside the profile')].values() as unknown as MapIterator<string>;
  return Object.assign(celMap(map), { has: (name: CelValue) => typeof name === 'string' && map.has(name), keys: names });
}

export type Bindings = Record<'subject' | 'action' | 'resource' | 'context' | 'now', CelInput>;

/** A scope as the variables of CEL. */
export function bindings({ subject, action, resource, context, now, storedSubject, storedResource }: Scope): Bindings {
  const merged = (stored: object | undefined, given: object | undefined) =>
    profileMap(new Map([...Object.entries(stored ?? {}), ...Object.entries(given ?? {})]));
  const entity = ({ type, id, properties }: Scope['subject'], stored: object | undefined) =>
    celMap(
      new Map<string, CelInput>([
        ['type', type],
        ['id', id],
        ['properties', merged(stored, properties)],
      ]),
    );
  return {
    subject: entity(subject, storedSubject),
    action: celMap(
      new Map<string, CelInput>([
        ['name', action.name],
        ['properties', merged(undefined, action.properties)],
      ]),
    ),
    resource: entity(resource, storedResource),
    context: toCel(context ?? {}),
    now: reflect(TimestampSchema, timestampFromMs(now)),
  };
}

/** What the referee says; `error` for whatever goes wrong, and for a result that is no boolean. */
export type Verdict = boolean | 'error';

/** Where there may be pairs of `!`, they become calls, which the parser keeps. Random conditions write `!` before brackets only. */
const withoutPairs = (text: string): string => ((text.match(/!\(/g) ?? []).length < 2 ? text : text.replaceAll('!(', `${NOT}(`));

/** Compiles a condition for the referee. Throws where the text is not CEL. */
export function referee(text: string): (variables: Bindings) => Verdict {
  const parsed = parse(withoutPairs(text));
  rewriteHas(parsed.expr);
  const evaluate = plan(env, parsed);
  return (variables) => {
    const result = evaluate(variables);
    return typeof result === 'boolean' && !isCelError(result) ? result : 'error';
  };
}
