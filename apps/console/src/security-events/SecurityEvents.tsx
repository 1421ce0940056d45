import PolicyIcon from '@mui/icons-material/PolicyOutlined';
import type { SecurityEvent } from '@licet/contract';
import { Box } from '@mui/material';
import { EffectMark } from '../kit/EffectMark.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { SelectFilter, TextFilter } from '../kit/Filters.tsx';
import { IdFilter } from '../kit/IdFilter.tsx';
import { LogPage } from '../kit/LogPage.tsx';
import { Aside, type LogRow } from '../kit/LogRows.tsx';
import { PeriodFilter } from '../kit/PeriodFilter.tsx';
import { Time } from '../kit/Time.tsx';
import { SecurityEventDetail } from './SecurityEventDetail.tsx';
import { EventWords } from './keys.tsx';
import { EVENT_LABELS, OUTCOME_LABELS, whoOf } from './words.ts';

const EVENTS = Object.entries(EVENT_LABELS).map(([value, label]) => ({ value, label }));
const OUTCOMES = Object.entries(OUTCOME_LABELS).map(([value, label]) => ({ value, label }));
const SHOWN = [{ value: 'true', label: 'What wants a look' }];
const EFFECTS = { done: 'allow', partial: 'partial', refused: 'deny' } as const;

const row = (event: SecurityEvent): LogRow => ({
  id: event.id,
  time: <Time at={event.at} as="exact" />,
  line: (
    <Box component="span" sx={{ display: 'flex', flexWrap: { xs: 'wrap', md: 'nowrap' }, columnGap: 1, rowGap: 0.25 }}>
      <Box component="span" sx={{ flex: '0 0 100px' }}>
        <EffectMark effect={EFFECTS[event.outcome]}>{OUTCOME_LABELS[event.outcome]}</EffectMark>
      </Box>
      <Box component="span" sx={{ flex: '1 1 260px', minWidth: 0, lineHeight: '24px' }}>
        <Box component="span" sx={{ fontWeight: 600 }}>
          {whoOf(event)}
        </Box>{' '}
        <EventWords event={event} />
        {event.count > 1 && <Aside>{event.count} times</Aside>}
        {event.address && <Aside>{event.address}</Aside>}
      </Box>
    </Box>
  ),
  detail: () => <SecurityEventDetail event={event} />,
});

export function SecurityEvents() {
  return (
    <LogPage
      resource="security-events"
      title="Security events"
      lead="Who came in, who tried to, what was refused. Repeats within a minute are one row."
      search="Search events"
      filters={
        <>
          <SelectFilter source="attention" label="Show" choices={SHOWN} any="Everything" />
          <SelectFilter source="event" label="Event" choices={EVENTS} />
          <SelectFilter source="outcome" label="Outcome" choices={OUTCOMES} />
          <IdFilter resource="users" source="actor" label="Account" width={120} />
          <TextFilter source="target" label="About" width={120} />
          <TextFilter source="address" label="Address" width={130} whole="the whole of it" />
          <PeriodFilter />
        </>
      }
      empty={
        <EmptyState icon={PolicyIcon} title="No security events">
          Sign-ins, failed tries, refused requests and changes of accounts and keys stand here, for as long as the settings say.
        </EmptyState>
      }
      row={row}
    />
  );
}
