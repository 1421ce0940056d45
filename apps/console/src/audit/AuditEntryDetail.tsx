import type { CollectionRow } from '@licet/contract';
import { Box, Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { ActorLink } from '../kit/ActorLink.tsx';
import { Code } from '../kit/Code.tsx';
import { listPath, recordPath, RecordLink } from '../kit/RecordLink.tsx';
import { Fact, Facts } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { isCollection } from '../providers/collections.ts';
import { nounOf } from './describe.ts';
import { DiffTable } from './DiffTable.tsx';

export const VIA: Record<CollectionRow<'audit-entries'>['via'], string> = {
  console: 'the console',
  api: 'the API',
  setup: 'set-up',
  system: 'Licet itself',
};

// The collections whose rows have a page of their own.
const SHOWN = ['users', 'groups', 'tenants', 'resource-types', 'roles', 'conditions', 'resources', 'assignments', 'api-keys'];

/** All that is recorded about one change of one row. */
export function AuditEntryDetail({ entry }: { entry: CollectionRow<'audit-entries'> }) {
  const { kind, target } = entry;
  const linked = isCollection(kind) && SHOWN.includes(kind) && entry.action !== 'delete';
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
      <Facts>
        <Fact name="Who">
          <ActorLink id={entry.actor} /> through {VIA[entry.via]}
        </Fact>
        <Fact name="When">
          <Time at={entry.at} as="exact" />
        </Fact>
        <Fact name="What">
          {nounOf(kind)} {linked ? <RecordLink resource={kind} id={target} /> : <Code>{target}</Code>}
        </Fact>
        <Fact name="Reason">{entry.reason || 'none given'}</Fact>
        <Fact name="Revision">{entry.revision}</Fact>
      </Facts>
      <DiffTable kind={entry.kind} before={entry.before} after={entry.after} />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
        <Button size="small" component={Link} to={recordPath('audit-entries', entry.id)}>
          Link to this entry
        </Button>
        <Button size="small" component={Link} to={listPath('audit-entries', { revision: entry.revision })}>
          All of revision {entry.revision}
        </Button>
        <Button size="small" component={Link} to={listPath('audit-entries', { kind, target })}>
          All about this {nounOf(kind)}
        </Button>
      </Box>
    </Box>
  );
}
