import { Box } from '@mui/material';
import { useQueries } from '@tanstack/react-query';
import { assignmentColumns, type Assignment } from '../assignments/columns.tsx';
import { useCan } from '../kit/access.tsx';
import { useAll } from '../kit/read.ts';
import { Rows } from '../kit/Rows.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { readAll } from '../providers/client.ts';

// Without the button to revoke: it would take the role from the whole group.
const columns = assignmentColumns().filter(({ label }) => label !== 'Actions' && label !== 'Reason');

/** The roles that a user holds because a group holds them; nothing where there are none. */
export function ThroughGroups({ user }: { user: string }) {
  const can = useCan();
  const allowed = can('licet.group:read') && can('licet.assignment:read');
  const { data: memberships } = useAll('group-members', { user }, allowed);
  const groups = allowed && memberships ? [...memberships.map(({ group }) => group), 'everyone', 'anyone'] : [];
  const answers = useQueries({
    queries: groups.map((group) => ({
      queryKey: ['assignments', 'all', { group }],
      queryFn: ({ signal }: { signal: AbortSignal }) => readAll('assignments', { group }, signal),
    })),
  });
  const rows: Assignment[] = answers.flatMap(({ data }) => data ?? []);
  if (!rows.length) return null;
  return (
    <Panel title="Roles through groups" lead="Held because a group holds them, everyone and anyone included." flush>
      <Box>
        <Rows label="Roles through groups" rows={rows} columns={columns} rowKey={({ id }) => id} />
      </Box>
    </Panel>
  );
}
