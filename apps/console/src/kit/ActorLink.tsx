import { RecordLink } from './RecordLink.tsx';

// Whom the audit trail names for what no person did: built-in rows, expiry.
const LICET = 'licet';

/** Who did something: a user, or Licet itself. */
export function ActorLink({ id }: { id: string }) {
  return id === LICET ? <>Licet itself</> : <RecordLink resource="users" id={id} />;
}
