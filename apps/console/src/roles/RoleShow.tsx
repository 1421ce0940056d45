import type { CollectionRow } from '@licet/contract';
import { Chip } from '@mui/material';
import { AssignmentPanel } from '../assignments/AssignmentPanel.tsx';
import { historySection } from '../audit/History.tsx';
import { Code } from '../kit/Code.tsx';
import { DeleteButton } from '../kit/DeleteButton.tsx';
import { EditButton, ShowPage } from '../kit/ShowPage.tsx';
import { Holders, Inheritance } from './Inheritance.tsx';
import { RolePermissionPanel } from './RolePermissionPanel.tsx';

type Role = CollectionRow<'roles'>;

function Actions({ row }: { row: Role }) {
  if (row.builtIn) return null;
  return (
    <>
      <EditButton resource="roles" id={row.id} permission="licet.role:update" />
      <DeleteButton resource="roles" permission="licet.role:delete" row={row} noun="role">
        Its grants go with it. A role that is assigned, or that others inherit from, cannot be deleted: revoke it first.
      </DeleteButton>
    </>
  );
}

export function RoleShow() {
  return (
    <ShowPage
      resource="roles"
      noun="role"
      crumbs={[{ to: '/roles', label: 'Roles' }]}
      title={({ name }) => name}
      badge={({ id, name, builtIn }) => (
        <>
          {id !== name && <Code>{id}</Code>}
          {builtIn && <Chip size="small" label="Licet’s own" />}
        </>
      )}
      lead={({ description }) => description}
      actions={(row) => <Actions row={row} />}
      sections={[
        { id: 'permissions', label: 'Permissions', render: (row) => <RolePermissionPanel row={row} /> },
        {
          id: 'holders',
          label: 'Who holds it',
          render: ({ id }) => (
            <>
              <AssignmentPanel
                filter={{ role: id }}
                title="Assigned to"
                lead="Users and groups that hold this role directly."
                without="role"
                empty="This role is assigned to nobody."
              />
              <Holders role={id} />
            </>
          ),
        },
        { id: 'inheritance', label: 'Inheritance', render: (row) => <Inheritance row={row} /> },
        historySection('roles'),
      ]}
    />
  );
}
