import { type Kind, KIND_NAMES } from './condition-names.ts';

export type Comparison = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'in';

/** What is known of an operand. */
interface Operand {
  kind: Kind;
  item?: Kind | undefined;
}

const ORDERED: readonly Kind[] = ['number', 'string', 'timestamp', 'any'];

/** Why a comparison can never be evaluated, or never be true, whatever the request; undefined where a request must decide. */
export function comparisonFault(op: Comparison, written: string, left: Operand, right: Operand): string | undefined {
  if (op === 'in') return membershipFault(left, right);
  if (op === 'eq' || op === 'ne') {
    if (comparable(left.kind, right.kind)) return undefined;
    return `\`${written}\` compares ${KIND_NAMES[left.kind]} with ${KIND_NAMES[right.kind]}, which are never equal${hint(left.kind, right.kind)}`;
  }
  const unordered = [left.kind, right.kind].find((kind) => !ORDERED.includes(kind));
  if (unordered) return `\`${written}\` is for numbers, strings and timestamps, and this is ${KIND_NAMES[unordered]}`;
  if (left.kind === right.kind || left.kind === 'any' || right.kind === 'any') return undefined;
  return `\`${written}\` cannot compare ${KIND_NAMES[left.kind]} with ${KIND_NAMES[right.kind]}${hint(left.kind, right.kind)}`;
}

function membershipFault(left: Operand, right: Operand): string | undefined {
  if (right.kind === 'string') return '`in` looks into a list or the names of a map; write `text.contains("part")` for a part of a string';
  if (!['list', 'map', 'any'].includes(right.kind))
    return `\`in\` looks into a list or the names of a map, and this is ${KIND_NAMES[right.kind]}`;
  if (right.kind === 'map' && left.kind !== 'string' && left.kind !== 'any')
    return `the names of a map are strings, and this is ${KIND_NAMES[left.kind]}`;
  const item = right.item ?? 'any';
  if (right.kind !== 'list' || comparable(left.kind, item)) return undefined;
  return `\`in\` looks for ${KIND_NAMES[left.kind]} among items that are each ${KIND_NAMES[item]}, which are never equal${hint(left.kind, item)}`;
}

/** An attribute may be null whatever type it is declared to have. */
const comparable = (left: Kind, right: Kind): boolean => left === right || [left, right].some((kind) => kind === 'any' || kind === 'null');

const hint = (...kinds: Kind[]): string =>
  kinds.includes('timestamp') && kinds.includes('string') ? '; write `timestamp(...)` around the string' : '';

/** Why an operand of boolean logic can never be one. */
export function notBoolean(operator: string, kind: Kind): string | undefined {
  if (kind === 'boolean' || kind === 'any') return undefined;
  return `\`${operator}\` needs true or false, and this is ${KIND_NAMES[kind]}; compare it with something`;
}
