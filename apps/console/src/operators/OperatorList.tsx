import OperatorIcon from '@mui/icons-material/AdminPanelSettingsOutlined';
import { EmptyState } from '../kit/EmptyState.tsx';
import { SelectFilter } from '../kit/Filters.tsx';
import { CreateButton, ListPage } from '../kit/ListPage.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import type { Column } from '../kit/Rows.tsx';
import { Time } from '../kit/Time.tsx';
import { ConsoleRoles, OperatorState, type Operator } from './OperatorState.tsx';

const columns: Column<Operator>[] = [
  { label: 'Operator', sort: 'id', render: ({ id }) => <RecordLink resource="operators" id={id} strong /> },
  { label: 'Name', render: ({ name }) => name ?? '' },
  { label: 'Console roles', render: (row) => <ConsoleRoles row={row} /> },
  { label: 'State', render: (row) => <OperatorState row={row} /> },
  { label: 'Last sign-in', render: ({ lastSignInAt }) => (lastSignInAt ? <Time at={lastSignInAt} as="relative" /> : 'never') },
];

const STATES = [
  { value: 'true', label: 'Enabled' },
  { value: 'false', label: 'Disabled' },
];

const invite = <CreateButton resource="operators" permission="licet.operator:create" label="Invite operator" />;

export function OperatorList() {
  return (
    <ListPage
      resource="operators"
      title="Operators"
      lead="Who may sign in to this console. What they may do here is said by roles, like everything else."
      actions={invite}
      search="Search ids"
      filters={<SelectFilter source="enabled" label="State" choices={STATES} />}
      columns={columns}
      empty={
        <EmptyState icon={OperatorIcon} title="No operators" actions={invite}>
          An operator is a user who may sign in to the console.
        </EmptyState>
      }
    />
  );
}
