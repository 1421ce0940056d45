import type { Expr } from '@licet/contract';
import { compileCondition, type Scope } from '@licet/engine';

/** A request about nothing, for what reads nothing of a request. */
export const NOBODY: Scope = { subject: { type: '-', id: '-' }, action: { name: '-' }, resource: { type: '-', id: '-' }, now: 0 };

const read = (text: string): Expr => ({ op: 'timestamp', args: [{ op: 'lit', value: text }] });

/** Whether a text is a timestamp as engines read it (RFC 3339, section 5.6). */
export function isTimestamp(text: string): boolean {
  return compileCondition({ op: 'eq', args: [read(text), read(text)] })(NOBODY) === true;
}

/** The milliseconds of `timestamp("...")`; undefined for any other part of a condition. */
export function parseTime(tree: Expr): number | undefined {
  if (tree.op !== 'timestamp' || tree.args[0].op !== 'lit' || typeof tree.args[0].value !== 'string') return undefined;
  const text = tree.args[0].value;
  // Digits after the millisecond are cut off, as engines do; letters may be small.
  const ms = isTimestamp(text) ? Date.parse(text.toUpperCase().replace(/(\.\d{3})\d+/, '$1')) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
