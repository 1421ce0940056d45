import ShieldIcon from '@mui/icons-material/ShieldOutlined';
import type { CollectionRow } from '@licet/contract';
import { Box, Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { EmptyState } from '../kit/EmptyState.tsx';
import { OwnFilter } from '../kit/Filters.tsx';
import { CreateButton, ListPage } from '../kit/ListPage.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import type { Column } from '../kit/Rows.tsx';
import { Time } from '../kit/Time.tsx';

/** Links to roles, one after the other. */
export function RoleLinks({ ids }: { ids: readonly string[] }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', flexWrap: 'wrap', columnGap: 1 }}>
      {ids.map((id) => (
        <RecordLink key={id} resource="roles" id={id} />
      ))}
    </Box>
  );
}

const columns: Column<CollectionRow<'roles'>>[] = [
  { label: 'Role', sort: 'id', render: ({ id }) => <RecordLink resource="roles" id={id} strong /> },
  { label: 'Name', sort: 'name', render: ({ name }) => name },
  { label: 'Inherits from', render: ({ inherits }) => inherits.length > 0 && <RoleLinks ids={inherits} /> },
  { label: 'Description', render: ({ description }) => description },
  { label: 'Changed', sort: 'updatedAt', wideOnly: true, render: ({ updatedAt }) => <Time at={updatedAt} as="relative" /> },
];

const OWN_HIDDEN = { builtIn: false };

const create = <CreateButton resource="roles" permission="licet.role:create" label="Create role" />;

export function RoleList() {
  return (
    <ListPage
      resource="roles"
      title="Roles"
      lead="Named sets of grants. A role can inherit from others, and is given to users and groups by assignments."
      actions={
        <>
          <Button component={Link} to="/matrix">
            Permission matrix
          </Button>
          {create}
        </>
      }
      filters={<OwnFilter />}
      defaults={OWN_HIDDEN}
      columns={columns}
      empty={
        <EmptyState icon={ShieldIcon} title="No roles yet" actions={create}>
          A role says what its holders may do, for instance viewer, member, admin. Create one, grant it permissions, then assign it to
          somebody.
        </EmptyState>
      }
    />
  );
}
