import HubIcon from '@mui/icons-material/HubOutlined';
import type { CollectionRow } from '@licet/contract';
import { Box, Chip } from '@mui/material';
import { useCan } from '../kit/access.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { Failure } from '../kit/Failure.tsx';
import { useSome } from '../kit/read.ts';
import { Rows, type Column } from '../kit/Rows.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { Waiting } from '../kit/Waiting.tsx';

type Point = CollectionRow<'decision-points'>;

const EVERY_MS = 5000;

function Held({ point, head }: { point: Point; head: number | null }) {
  const behind = head === null ? 0 : head - point.revision;
  if (!point.revision) return <>no policy yet</>;
  return (
    <>
      {point.revision}{' '}
      {behind > 0 ? (
        <Chip size="small" color="warning" variant="outlined" label={`${behind} behind`} />
      ) : (
        <Chip size="small" color="success" variant="outlined" label="current" />
      )}
    </>
  );
}

const columns = (head: number | null): Column<Point>[] => [
  { label: 'Application', render: ({ name }) => <Box sx={{ fontWeight: 600 }}>{name}</Box> },
  { label: 'SDK', render: ({ sdk }) => sdk },
  { label: 'Policy revision', render: (point) => <Held point={point} head={head} /> },
  {
    label: 'State',
    render: ({ connected }) =>
      connected ? <Chip size="small" color="success" variant="outlined" label="Connected" /> : <Chip size="small" label="Not connected" />,
  },
  { label: 'Last heard of', render: ({ lastSeenAt }) => <Time at={lastSeenAt} as="relative" /> },
];

/** The processes that hold a copy of the policy, and which revision each has. */
export function DecisionPoints() {
  const can = useCan();
  const allowed = can('licet.decision-point:read');
  const { data, error, refetch } = useSome('decision-points', { perPage: 200, enabled: allowed, every: EVERY_MS });
  const { data: changes } = useSome('changes', { perPage: 1, enabled: allowed && can('licet.change:read'), every: EVERY_MS });
  if (!allowed) return null;
  const head = changes?.items[0]?.revision ?? null;
  return (
    <Panel
      title="Decision points"
      lead={`Applications that hold a copy of the policy, and how current it is.${head === null ? '' : ` The policy is at revision ${head}.`}`}
      flush
    >
      {error && !data && (
        <Box sx={{ p: 2 }}>
          <Failure title="The decision points could not be read" error={error} onRetry={() => void refetch()} />
        </Box>
      )}
      {!data && !error && (
        <Box sx={{ p: 2 }}>
          <Waiting lines={2} />
        </Box>
      )}
      {data && !data.total && (
        <EmptyState icon={HubIcon} title="None has reported yet">
          An application with one of the SDKs appears here within seconds of its start. Applications that ask over HTTP hold no copy, and
          are not listed.
        </EmptyState>
      )}
      {data && data.total > 0 && <Rows label="Decision points" rows={data.items} columns={columns(head)} rowKey={({ id }) => id} />}
    </Panel>
  );
}
