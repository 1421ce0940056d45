import type { CollectionRow } from '@licet/contract';
import { Alert, Chip } from '@mui/material';
import { AssignmentPanel } from '../assignments/AssignmentPanel.tsx';
import { historySection } from '../audit/History.tsx';
import { Code } from '../kit/Code.tsx';
import { DeleteButton } from '../kit/DeleteButton.tsx';
import { EditButton, ShowPage } from '../kit/ShowPage.tsx';
import { MembershipPanel } from './MembershipPanel.tsx';

function Overview({ row }: { row: CollectionRow<'groups'> }) {
  return (
    <>
      {row.builtIn ? (
        <Alert severity="info" sx={{ mb: 2.5 }}>
          This group is built in: its members are computed, not listed. {row.description}
        </Alert>
      ) : (
        <MembershipPanel by="group" id={row.id} />
      )}
      <AssignmentPanel
        filter={{ group: row.id }}
        title="Roles"
        lead="Every member holds these roles."
        without="who"
        empty="No role is assigned to this group."
      />
    </>
  );
}

export function GroupShow() {
  return (
    <ShowPage
      resource="groups"
      noun="group"
      crumbs={[{ to: '/groups', label: 'Groups' }]}
      title={({ name }) => name}
      badge={({ id, name, builtIn }) => (
        <>
          {id !== name && <Code>{id}</Code>}
          {builtIn && <Chip size="small" label="built in" />}
        </>
      )}
      lead={({ description }) => description}
      actions={(row) =>
        row.builtIn ? null : (
          <>
            <EditButton resource="groups" id={row.id} permission="licet.group:update" />
            <DeleteButton resource="groups" permission="licet.group:delete" row={row} noun="group">
              Its members stay. What is assigned to the group must be revoked first.
            </DeleteButton>
          </>
        )
      }
      sections={[{ id: 'overview', label: 'Overview', render: (row) => <Overview row={row} /> }, historySection('groups')]}
    />
  );
}
