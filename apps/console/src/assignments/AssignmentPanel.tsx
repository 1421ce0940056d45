import AssignIcon from '@mui/icons-material/AddOutlined';
import { Box, Button, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { Can, useCan } from '../kit/access.tsx';
import { Failure } from '../kit/Failure.tsx';
import { useSome } from '../kit/read.ts';
import { createPath, listPath } from '../kit/RecordLink.tsx';
import { Rows } from '../kit/Rows.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { Waiting } from '../kit/Waiting.tsx';
import { assignmentColumns } from './columns.tsx';

const SHOWN = 25;

interface Props {
  filter: { user?: string; group?: string; role?: string; tenant?: string };
  title?: string;
  lead: ReactNode;
  without?: 'who' | 'role';
  empty?: string;
}

/** The assignments that concern one user, group, role or tenant, with the way to make another one. */
export function AssignmentPanel({ filter, title = 'Assignments', lead, without, empty = 'There are no assignments.' }: Props) {
  const allowed = useCan()('licet.assignment:read');
  const { data, error, refetch } = useSome('assignments', { filter, perPage: SHOWN, enabled: allowed });
  if (!allowed) return null;
  return (
    <Panel
      title={title}
      lead={lead}
      flush
      actions={
        <Can permission="licet.assignment:create">
          <Button component={Link} to={createPath('assignments', filter)} variant="contained" size="small" startIcon={<AssignIcon />}>
            Assign
          </Button>
        </Can>
      }
    >
      {error && (
        <Box sx={{ p: 2 }}>
          <Failure title="The assignments could not be read" error={error} onRetry={() => void refetch()} />
        </Box>
      )}
      {!data && !error && (
        <Box sx={{ p: 2 }}>
          <Waiting lines={3} />
        </Box>
      )}
      {data && !data.total && <Typography sx={{ px: 2.5, py: 2.5, color: 'text.secondary' }}>{empty}</Typography>}
      {data && data.total > 0 && <Rows label={title} rows={data.items} columns={assignmentColumns(without)} rowKey={({ id }) => id} />}
      {data && data.total > data.items.length && (
        <Box sx={{ p: 2 }}>
          <Button component={Link} to={listPath('assignments', filter)}>
            Show all {data.total}
          </Button>
        </Box>
      )}
    </Panel>
  );
}
