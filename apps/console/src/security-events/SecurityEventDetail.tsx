import type { SecurityEvent } from '@licet/contract';
import { Box, Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { ActorLink } from '../kit/ActorLink.tsx';
import { Code } from '../kit/Code.tsx';
import { listPath, recordPath } from '../kit/RecordLink.tsx';
import { Fact, Facts } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { AboutKey } from './keys.tsx';
import { detailWords, EVENT_LABELS, isAboutKey, methodWords, OUTCOME_LABELS } from './words.ts';

function About({ event, target }: { event: SecurityEvent; target: string }) {
  if (isAboutKey(event)) return <AboutKey event={event} id={target} />;
  return event.event === 'passkey-copied' ? <Code>{target}</Code> : <ActorLink id={target} />;
}

/** All that is recorded about a security event. */
export function SecurityEventDetail({ event }: { event: SecurityEvent }) {
  const { actor, address, route, target, count } = event;
  const why = detailWords(event);
  // A proof that was too old is no half of anything.
  const isHalf = event.outcome === 'partial' && event.event !== 'access';
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
      <Facts>
        <Fact name="Event">
          {EVENT_LABELS[event.event]}, {OUTCOME_LABELS[event.outcome].toLowerCase()}
        </Fact>
        <Fact name="Account">{actor ? <ActorLink id={actor} /> : 'not known; a name that no operator has is not kept'}</Fact>
        {target && (
          <Fact name="About">
            <About event={event} target={target} />
          </Fact>
        )}
        {event.method.length > 0 && <Fact name="Shown">{methodWords(event.method)}</Fact>}
        {why && <Fact name="Why">{why}</Fact>}
        {isHalf && (
          <Fact name="And then">see what followed: where that is nothing, or a wrong code, somebody else may have what was shown</Fact>
        )}
        <Fact name="Address">{address ? <Code>{address}</Code> : 'more addresses than are told apart, or none'}</Fact>
        {route && (
          <Fact name="Route">
            <Code>{route}</Code>
          </Fact>
        )}
        <Fact name="When">
          <Time at={event.at} as="exact" />
          {count > 1 && (
            <>
              {' '}
              to <Time at={event.until} as="exact" />, {count} times
            </>
          )}
        </Fact>
      </Facts>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
        <Button size="small" component={Link} to={recordPath('security-events', event.id)}>
          Link to this event
        </Button>
        {actor && isHalf && (
          <Button size="small" component={Link} to={listPath('security-events', { actor, since: event.at })}>
            What followed
          </Button>
        )}
        {actor && (
          <Button size="small" component={Link} to={listPath('security-events', { actor })}>
            All of {actor}
          </Button>
        )}
        {address && (
          <Button size="small" component={Link} to={listPath('security-events', { address })}>
            All from {address}
          </Button>
        )}
      </Box>
    </Box>
  );
}
