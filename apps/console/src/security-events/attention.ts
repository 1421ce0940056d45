import type { SecurityEvent } from '@licet/contract';

/** Events that are one concern: the same thing about the same account or address. */
export interface Concern {
  /** The newest of them; what they do not have in common is left out, so that it says what holds for all. */
  event: SecurityEvent;
  times: number;
  addresses: string[];
  /** Tries were turned away unseen, since there were too many. */
  limited: boolean;
  /** The filters of the list that shows them. */
  filter: Record<string, string>;
}

/**
 * What somebody on call looks at first: who may have another's password or passkey; who guesses, or has a key that leaked; who tried more than
 * they may; what was opened; and last the strangers that knock at every server.
 */
function rank({ event, outcome, detail, actor }: SecurityEvent): number {
  if (outcome === 'partial' || detail === 'wrong-code' || event === 'passkey-copied') return 0;
  if (outcome === 'done') return 3;
  if (event !== 'access' && event !== 'rate-limit') return 1;
  return actor === null ? 4 : 2;
}

const FILTERED = ['event', 'outcome', 'actor', 'address', 'target'] as const;

/** By whom it was done, or from where, if nobody knows; what was opened by each by itself, and a second half apart from the first. */
function filterOf(row: SecurityEvent): Record<string, string> {
  const { actor, event, outcome, target } = row;
  const known = { ...row, address: actor === null ? row.address : null, target: outcome === 'done' || event === 'api-key' ? target : null };
  const own = FILTERED.flatMap((name) => (known[name] === null ? [] : [[name, known[name]] as const]));
  return Object.fromEntries([...own, ...(rank(row) === 0 && row.detail ? [['detail', row.detail]] : [])]) as Record<string, string>;
}

const same = <T>(values: readonly T[]) => new Set(values.map((value) => JSON.stringify(value))).size === 1;

/** @returns the concerns among the events, the most pressing first and of two alike that with more tries */
export function concerns(events: readonly SecurityEvent[]): Concern[] {
  const groups = new Map<string, SecurityEvent[]>();
  // The link of an invitation is part of it.
  const invited = new Set(events.filter(({ event }) => event === 'operator-added').map(({ target }) => target));
  for (const event of events) {
    if (event.event === 'link-made' && invited.has(event.target)) continue;
    const key = JSON.stringify(filterOf(event));
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups.values()].map(concern).sort((a, b) => rank(a.event) - rank(b.event) || b.times - a.times);
}

function concern(rows: SecurityEvent[]): Concern {
  const newest = rows[0]!;
  const common = {
    method: same(rows.map(({ method }) => method)) ? newest.method : [],
    detail: same(rows.map(({ detail }) => detail)) ? newest.detail : null,
    route: same(rows.map(({ route }) => route)) ? newest.route : null,
    target: same(rows.map(({ target }) => target)) ? newest.target : null,
  };
  return {
    event: { ...newest, ...common },
    times: rows.reduce((sum, { count }) => sum + count, 0),
    addresses: [...new Set(rows.flatMap(({ address }) => address ?? []))],
    limited: rows.some(({ detail }) => detail === 'throttled'),
    filter: filterOf(newest),
  };
}
