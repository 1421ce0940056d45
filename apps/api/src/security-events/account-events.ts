import type { SecurityEventName } from '@licet/contract';
import type { Touched } from '../changes/collector.ts';
import type { Row } from '../database/rows.ts';

/** What a change does to accounts and keys, read from its rows: whichever way it came in, no such event is forgotten. */
export function accountEvents(touched: readonly Touched[]): { event: SecurityEventName; target: string }[] {
  return touched.flatMap((row) => (EVENTS[row.kind]?.(row) ?? []).map((event) => ({ event, target: row.id })));
}

type Kinds = Partial<Record<string, (row: Touched) => SecurityEventName[]>>;

const EVENTS: Kinds = {
  operators: ({ before, after }) => [
    ...when(!before, 'operator-added'),
    ...when(!after, 'operator-removed'),
    ...when(
      value(after, 'passwordChangedAt') !== value(before, 'passwordChangedAt') && value(after, 'passwordChangedAt') !== null,
      'password-changed',
    ),
    ...when(
      value(after, 'secondFactorAt') !== value(before, 'secondFactorAt'),
      value(after, 'secondFactorAt') ? 'second-factor-added' : 'second-factor-removed',
    ),
    ...when(passkeys(after) !== passkeys(before), passkeys(after) > passkeys(before) ? 'passkey-added' : 'passkey-removed'),
    ...when(Boolean(value(after, 'linkHash')) && value(after, 'linkExpiresAt') !== value(before, 'linkExpiresAt'), 'link-made'),
    ...when(
      Boolean(before && after) && before!['enabled'] !== after!['enabled'],
      after?.['enabled'] ? 'operator-enabled' : 'operator-disabled',
    ),
  ],
  'operator-identities': ({ before, after }) => {
    if (before && after && before['issuer'] === after['issuer'] && before['subject'] === after['subject']) return []; // what its claims gave
    return [...when(before !== null, 'identity-unlinked'), ...when(after !== null, 'identity-linked')];
  },
  'api-keys': ({ before, after }) => [
    ...when(!before, 'api-key-added'),
    ...when(Boolean(before) && value(after, 'revokedAt') !== value(before, 'revokedAt'), 'api-key-revoked'),
  ],
};

const when = (holds: boolean, event: SecurityEventName): SecurityEventName[] => (holds ? [event] : []);
const value = (row: Row | null, name: string) => row?.[name] ?? null;
const passkeys = (row: Row | null) => Number(row?.['passkeys'] ?? 0);
