import PersonIcon from '@mui/icons-material/PersonOutlined';
import type { CollectionRow } from '@licet/contract';
import { useOwnTenants } from '../kit/access.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { SelectFilter, TextFilter } from '../kit/Filters.tsx';
import { IdFilter } from '../kit/IdFilter.tsx';
import { CreateButton, ListPage } from '../kit/ListPage.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import type { Column } from '../kit/Rows.tsx';
import { Time } from '../kit/Time.tsx';
import { EnabledMark } from './EnabledMark.tsx';
import { NOT_SHOWN } from './not-shown.ts';

const columns: Column<CollectionRow<'users'>>[] = [
  { label: 'User', sort: 'id', render: ({ id }) => <RecordLink resource="users" id={id} strong /> },
  { label: 'Name', sort: 'name', render: ({ name }) => name ?? '' },
  { label: 'Type', render: ({ type }) => type },
  { label: 'State', render: ({ enabled }) => <EnabledMark enabled={enabled} /> },
  { label: 'Changed', sort: 'updatedAt', wideOnly: true, render: ({ updatedAt }) => <Time at={updatedAt} as="relative" /> },
];

const STATES = [
  { value: 'true', label: 'Enabled' },
  { value: 'false', label: 'Disabled' },
];

const create = <CreateButton resource="users" permission="licet.user:create" label="Create user" />;

const LEAD = 'Whoever applications ask about: people, services, devices, agents.';

export function UserList() {
  const confined = useOwnTenants() !== null;
  return (
    <ListPage
      resource="users"
      title="Users"
      lead={confined ? `${LEAD} ${NOT_SHOWN}` : LEAD}
      actions={create}
      search={confined ? 'Search ids' : 'Search ids and names'}
      filters={
        <>
          <SelectFilter source="enabled" label="State" choices={STATES} />
          <TextFilter source="type" label="Type" width={130} whole="user, service, …" />
          <IdFilter resource="groups" source="group" label="Member of group" width={150} />
        </>
      }
      columns={confined ? columns.filter(({ label }) => label !== 'Name') : columns}
      empty={
        <EmptyState icon={PersonIcon} title="No users yet" actions={create}>
          A user is anybody an application asks about. Create them here, or let your applications register them.
        </EmptyState>
      }
    />
  );
}
