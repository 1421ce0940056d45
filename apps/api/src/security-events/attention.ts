import { LicetError, type SecurityEventName } from '@licet/contract';
import { raw } from '@mikro-orm/core';
import type { Dialect } from '../database/orm.ts';
import type { Where } from '../http/collection.ts';

/** What gives somebody a way in, or makes one weaker. */
const OPENS: SecurityEventName[] = [
  ...(['operator-added', 'operator-enabled', 'link-made', 'api-key-added'] as const),
  ...(['identity-linked', 'second-factor-removed', 'passkey-removed'] as const),
];
// Refused each day, of people who work.
const ORDINARY = 'session-ended';

/**
 * The filter `attention`: what somebody on call looks at. Refusals, but those that ordinary work brings; right passwords after which no second
 * factor came from that address within ten minutes; ways in that were opened.
 */
export function wantsALook(value: string, dialect: Dialect): Where {
  if (value !== 'true') throw new LicetError('invalid_request', 'attention: use true, or leave it out');
  return {
    $or: [
      { outcome: 'refused', $not: { event: 'access', detail: ORDINARY } },
      { outcome: 'partial', event: { $ne: 'access' }, [raw((row) => unfinished(row, dialect))]: [] },
      { outcome: 'done', event: { $in: OPENS } },
    ],
  };
}

/** Without an address nothing finishes a row: it is shown rather than not. */
function unfinished(row: string, dialect: Dialect): string {
  const later = dialect === 'postgres' ? `${row}."until" + interval '10 minutes'` : `${row}."until" + 600000`;
  const same = ['event', 'actor', 'address'].map((column) => `d."${column}" = ${row}."${column}"`).join(' and ');
  return `not exists (select 1 from security_events d where d.outcome = 'done' and ${same} and d."until" >= ${row}."until" and d."at" <= ${later})`;
}
