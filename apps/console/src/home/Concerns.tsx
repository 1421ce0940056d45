import { Typography } from '@mui/material';
import { useState } from 'react';
import { useCan } from '../kit/access.tsx';
import { Aside } from '../kit/LogRows.tsx';
import { useSome } from '../kit/read.ts';
import { listPath } from '../kit/RecordLink.tsx';
import { ApiError } from '../providers/client.ts';
import { concerns, type Concern } from '../security-events/attention.ts';
import { EventWords } from '../security-events/keys.tsx';
import { whoOf } from '../security-events/words.ts';
import { Item, Recent } from './Recent.tsx';
import { dayAgo } from './Tiles.tsx';

const READ = 200;
const SHOWN = 8;
const EVERY_MS = 60_000;

function Line({ of: { event, times, addresses, limited } }: { of: Concern }) {
  return (
    <>
      <strong>{whoOf(event)}</strong> <EventWords event={event} />
      {event.outcome === 'partial' && ', which did not follow'}
      {times > 1 && <Aside>{times} times</Aside>}
      {limited && event.detail !== 'throttled' && <Aside>too many tries</Aside>}
      {event.outcome !== 'done' && addresses.length > 0 && (
        <Aside>{addresses.length > 1 ? `from ${addresses.length} addresses` : addresses[0]}</Aside>
      )}
    </>
  );
}

/** What an operator on call looks at first: one reading of the security events, gathered by account or address. */
export function Concerns() {
  const allowed = useCan()('licet.audit-entry:read');
  const [since] = useState(dayAgo);
  const filter = { attention: true, since };
  const query = useSome('security-events', { filter, perPage: READ, enabled: allowed, every: EVERY_MS });
  if (!allowed || (query.error instanceof ApiError && query.error.status === 403)) return null;
  const { items, total } = query.data ?? { items: [], total: 0 };
  const all = concerns(items);
  const beyond = all.length - SHOWN;
  const notes = [
    ...(beyond > 0 ? [`${beyond} more ${beyond === 1 ? 'line' : 'lines'} in the security events.`] : []),
    ...(total > items.length ? [`Counted from the newest ${items.length} of ${total}.`] : []),
  ];
  return (
    <Recent
      title="Security, 24 h"
      lead="What wants a look: tries to get in, refused requests, and new ways in."
      all={{ to: listPath('security-events', filter), label: 'Security events' }}
      query={query}
      empty="Nothing wants a look: nobody was refused, and no new way in was opened."
    >
      {all.slice(0, SHOWN).map((concern) => (
        <Item key={JSON.stringify(concern.filter)} to={listPath('security-events', { ...filter, ...concern.filter })} at={concern.event.until}>
          <Line of={concern} />
        </Item>
      ))}
      {notes.length > 0 && (
        <Typography component="li" variant="body2" color="textSecondary" sx={{ px: 2.5, py: 1.125 }}>
          {notes.join(' ')}
        </Typography>
      )}
    </Recent>
  );
}
