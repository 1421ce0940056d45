import type { CollectionName, CollectionRow, ReservedPermission } from '@licet/contract';
import { Box, Button, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { ActorLink } from '../kit/ActorLink.tsx';
import { useCan } from '../kit/access.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { Failure } from '../kit/Failure.tsx';
import { useSome } from '../kit/read.ts';
import { listPath } from '../kit/RecordLink.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { Waiting } from '../kit/Waiting.tsx';
import { describe } from './describe.ts';
import { DiffTable } from './DiffTable.tsx';

const SHOWN = 10;

function Entry({ entry }: { entry: CollectionRow<'audit-entries'> }) {
  return (
    <Box component="li" sx={{ py: 1.75, borderBottom: 1, borderColor: 'divider', '&:last-child': { borderBottom: 0 } }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1, alignItems: 'baseline', mb: 1 }}>
        <Typography component="span">
          <ActorLink id={entry.actor} /> {describe(entry)}
        </Typography>
        <Typography component="span" variant="body2" color="textSecondary">
          <Time at={entry.at} /> · revision {entry.revision}
          {entry.reason && ` · “${entry.reason}”`}
        </Typography>
      </Box>
      <DiffTable kind={entry.kind} before={entry.before} after={entry.after} />
    </Box>
  );
}

const MAY_READ: ReservedPermission = 'licet.audit-entry:read';

interface Props {
  kind: CollectionName | 'operator-identities';
  target: string;
  title?: string;
  /** Nothing is shown where there is nothing. */
  optional?: boolean;
}

/** What was changed about one row, newest first, from the audit trail. */
export function History({ kind, target, title = 'History', optional = false }: Props) {
  const filter = { kind, target };
  const may = useCan()(MAY_READ);
  const { data, error, refetch } = useSome('audit-entries', { filter, perPage: SHOWN, enabled: may });
  if (!may || (optional && !data?.total)) return null;
  return (
    <Panel
      title={title}
      lead="Who changed it, when, and why."
      actions={
        <Button component={Link} to={listPath('audit-entries', filter)} size="small">
          Open in the audit trail
        </Button>
      }
    >
      {error && <Failure title="The history could not be read" error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting lines={3} />}
      {data && !data.total && <EmptyState title="No changes are recorded" />}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {data?.items.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </Box>
      {data && data.total > data.items.length && (
        <Typography variant="body2" color="textSecondary">
          The newest {data.items.length} of {data.total}.
        </Typography>
      )}
    </Panel>
  );
}

/** The section of a row's page that has its history, for those who may read it. */
export const historySection = (kind: CollectionName) => ({
  id: 'history',
  label: 'History',
  permission: MAY_READ,
  render: ({ id }: { id: string }) => <History kind={kind} target={id} />,
});
