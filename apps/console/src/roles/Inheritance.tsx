import type { CollectionRow } from '@licet/contract';
import { Box, Typography } from '@mui/material';
import { useAll } from '../kit/read.ts';
import { RecordLink } from '../kit/RecordLink.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { Waiting } from '../kit/Waiting.tsx';

type Edges = readonly Pick<CollectionRow<'role-inherits'>, 'role' | 'inherits'>[];
type Direction = 'up' | 'down';

const nextOf = (edges: Edges, role: string, direction: Direction) =>
  edges
    .flatMap((edge) => (direction === 'up' ? (edge.role === role ? [edge.inherits] : []) : edge.inherits === role ? [edge.role] : []))
    .sort();

/** The hierarchy as nested lists; a role that was passed already on the way is not opened again. */
function Tree({ edges, role, direction, passed }: { edges: Edges; role: string; direction: Direction; passed: readonly string[] }) {
  const next = nextOf(edges, role, direction).filter((id) => !passed.includes(id));
  if (!next.length) return null;
  return (
    <Box
      component="ul"
      sx={{ listStyle: 'none', m: 0, pl: passed.length > 1 ? 2.5 : 0, borderLeft: passed.length > 1 ? 1 : 0, borderColor: 'divider' }}
    >
      {next.map((id) => (
        <Box component="li" key={id} sx={{ py: 0.5 }}>
          <RecordLink resource="roles" id={id} />
          <Tree edges={edges} role={id} direction={direction} passed={[...passed, id]} />
        </Box>
      ))}
    </Box>
  );
}

function Side({
  title,
  lead,
  edges,
  role,
  direction,
  empty,
}: {
  title: string;
  lead: string;
  edges: Edges;
  role: string;
  direction: Direction;
  empty: string;
}) {
  const some = nextOf(edges, role, direction).length > 0;
  return (
    <Panel title={title} lead={lead}>
      {some ? (
        <Tree edges={edges} role={role} direction={direction} passed={[role]} />
      ) : (
        <Typography color="textSecondary">{empty}</Typography>
      )}
    </Panel>
  );
}

/** Which roles a role inherits from, and which inherit from it. */
export function Inheritance({ row }: { row: CollectionRow<'roles'> }) {
  const { data } = useAll('role-inherits');
  if (!data) return <Waiting lines={3} />;
  return (
    <>
      <Side
        title="Inherits from"
        lead="This role has all the grants of these."
        edges={data}
        role={row.id}
        direction="up"
        empty="This role inherits from no other."
      />
      <Side
        title="Inherited by"
        lead="These have all the grants of this role."
        edges={data}
        role={row.id}
        direction="down"
        empty="No role inherits from this one."
      />
    </>
  );
}

/** The roles whose holders have this one's grants as well. */
export function Holders({ role }: { role: string }) {
  const { data } = useAll('role-inherits');
  if (!data || !nextOf(data, role, 'down').length) return null;
  return (
    <Panel title="Held through other roles" lead="Whoever holds one of these has this role’s grants as well.">
      <Tree edges={data} role={role} direction="down" passed={[role]} />
    </Panel>
  );
}
