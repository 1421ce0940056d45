import GroupsIcon from '@mui/icons-material/GroupsOutlined';
import type { CollectionRow } from '@licet/contract';
import { Chip } from '@mui/material';
import { EmptyState } from '../kit/EmptyState.tsx';
import { CreateButton, ListPage } from '../kit/ListPage.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import type { Column } from '../kit/Rows.tsx';
import { Time } from '../kit/Time.tsx';

const columns: Column<CollectionRow<'groups'>>[] = [
  {
    label: 'Group',
    sort: 'id',
    render: ({ id, builtIn }) => (
      <>
        <RecordLink resource="groups" id={id} strong /> {builtIn && <Chip size="small" label="built in" />}
      </>
    ),
  },
  { label: 'Name', sort: 'name', render: ({ name }) => name },
  { label: 'Members', align: 'right', render: ({ memberCount, builtIn }) => (builtIn ? '' : memberCount) },
  { label: 'Description', render: ({ description }) => description },
  { label: 'Changed', sort: 'updatedAt', wideOnly: true, render: ({ updatedAt }) => <Time at={updatedAt} as="relative" /> },
];

const create = <CreateButton resource="groups" permission="licet.group:create" label="Create group" />;

export function GroupList() {
  return (
    <ListPage
      resource="groups"
      title="Groups"
      lead="Users taken together, so that a role can be assigned to all of them at once."
      actions={create}
      columns={columns}
      empty={<EmptyState icon={GroupsIcon} title="No groups yet" actions={create} />}
    />
  );
}
