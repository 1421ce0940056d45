import AssignmentIcon from '@mui/icons-material/AssignmentIndOutlined';
import { useCan } from '../kit/access.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { IdFilter } from '../kit/IdFilter.tsx';
import { CreateButton, ListPage } from '../kit/ListPage.tsx';
import { assignmentColumns, granteeOf, type Assignment } from './columns.tsx';
import { RevokeManyButton } from './RevokeManyButton.tsx';

const create = <CreateButton resource="assignments" permission="licet.assignment:create" label="Assign a role" />;
const columns = assignmentColumns();
const revoking = {
  nameOf: (row: Assignment) => `${row.role} for ${granteeOf(row)}`,
  actions: (rows: Assignment[], done: () => void) => <RevokeManyButton rows={rows} onRevoked={done} />,
};

export function AssignmentList() {
  const mayRevoke = useCan()('licet.assignment:delete');
  return (
    <ListPage
      resource="assignments"
      title="Assignments"
      lead="Who holds which role: in which tenant, on what, and until when."
      actions={create}
      search="Search who or role"
      filters={
        <>
          <IdFilter resource="users" source="user" label="User" width={130} />
          <IdFilter resource="groups" source="group" label="Group" width={130} />
          <IdFilter resource="roles" source="role" label="Role" width={130} />
          <IdFilter resource="tenants" source="tenant" label="Tenant" width={130} />
        </>
      }
      columns={columns}
      many={mayRevoke ? revoking : undefined}
      empty={
        <EmptyState icon={AssignmentIcon} title="No assignments yet" actions={create}>
          An assignment gives a role to a user or to a group. Without one, nobody may do anything: Licet denies what is not granted.
        </EmptyState>
      }
    />
  );
}
