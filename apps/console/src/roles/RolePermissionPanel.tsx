import type { CollectionRow } from '@licet/contract';
import { Box, Button, Card } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useCan } from '../kit/access.tsx';
import { Failure } from '../kit/Failure.tsx';
import { Waiting } from '../kit/Waiting.tsx';
import { Legend } from '../matrix/CellMark.tsx';
import { RolePermissionFilters, RolePermissions } from '../matrix/RolePermissions.tsx';
import { usePolicy } from '../matrix/usePolicy.ts';

function Contents({ row }: { row: CollectionRow<'roles'> }) {
  const { data, error, retry } = usePolicy();
  const [text, setText] = useState('');
  const [all, setAll] = useState(false);
  if (!data) return error ? <Failure title="The grants could not be read" error={error} onRetry={retry} /> : <Waiting />;
  return (
    <Card>
      <RolePermissionFilters text={text} onText={setText} all={all} onAll={setAll} />
      <Box
        sx={{
          px: 2,
          py: 1,
          borderBottom: 1,
          borderColor: 'divider',
          display: 'flex',
          flexWrap: 'wrap',
          gap: 1,
          alignItems: 'center',
          justifyContent: 'space-between',
        }}
      >
        <Legend />
        <Button component={Link} to={`/matrix?roles=${encodeURIComponent(row.id)}${row.builtIn ? '&own=1' : ''}`} size="small">
          In the matrix
        </Button>
      </Box>
      <RolePermissions role={row.id} data={data} showOwn={row.builtIn} all={all} text={text} />
    </Card>
  );
}

/** What a role may do, direct and inherited, to read and to edit. */
export function RolePermissionPanel({ row }: { row: CollectionRow<'roles'> }) {
  const can = useCan();
  return can('licet.grant:read') && can('licet.resource-type:read') ? <Contents row={row} /> : null;
}
