import type { SecurityEvent } from '@licet/contract';
import { useCan } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { useAll } from '../kit/read.ts';
import { RecordLink } from '../kit/RecordLink.tsx';
import { describe, isAboutKey } from './words.ts';

/** Finds the API key that an event is about, for those who may see keys. However many ask, the keys are read once. */
function useKeys(wanted = true) {
  const allowed = useCan()('licet.api-key:read') && wanted;
  const { data } = useAll('api-keys', {}, allowed);
  return (event: SecurityEvent) => (allowed && isAboutKey(event) ? data?.find(({ id }) => id === event.target) : undefined);
}

/** Says what an event tells, with the name of its API key. */
export function useDescribe(): (event: SecurityEvent) => string {
  const keyOf = useKeys();
  return (event) => describe(event, keyOf(event)?.name);
}

/** What an event tells, with the name of its API key: where it is about none, no keys are read. */
export function EventWords({ event }: { event: SecurityEvent }) {
  return <>{describe(event, useKeys(isAboutKey(event))(event)?.name)}</>;
}

/** The key that an event is about, with whom it speaks for; its id alone where the key is gone, or not to be seen. */
export function AboutKey({ event, id }: { event: SecurityEvent; id: string }) {
  const key = useKeys()(event);
  if (!key) return <Code>{id}</Code>;
  return (
    <>
      the API key{' '}
      <RecordLink resource="api-keys" id={id}>
        {key.name}
      </RecordLink>{' '}
      (<Code>{id}</Code>) of <RecordLink resource="users" id={key.user} />
    </>
  );
}
