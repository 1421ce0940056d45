import type { CollectionRow } from '@licet/contract';
import { Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { AssignmentPanel } from '../assignments/AssignmentPanel.tsx';
import { historySection } from '../audit/History.tsx';
import { MembershipPanel } from '../groups/MembershipPanel.tsx';
import { Can, useOwnTenants } from '../kit/access.tsx';
import { AttributeTable } from '../kit/AttributeTable.tsx';
import { Code } from '../kit/Code.tsx';
import { DeleteButton } from '../kit/DeleteButton.tsx';
import { listPath } from '../kit/RecordLink.tsx';
import { EditButton, Fact, Facts, Panel, ShowPage } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { EnableButton } from './EnableButton.tsx';
import { EnabledMark } from './EnabledMark.tsx';
import { NOT_SHOWN } from './not-shown.ts';
import { ThroughGroups } from './ThroughGroups.tsx';

type User = CollectionRow<'users'>;

function Overview({ row }: { row: User }) {
  const confined = useOwnTenants() !== null;
  return (
    <>
      <AssignmentPanel
        filter={{ user: row.id }}
        title="Roles"
        lead="Assigned to this user directly."
        without="who"
        empty="No role is assigned to this user directly."
      />
      <ThroughGroups user={row.id} />
      <MembershipPanel by="user" id={row.id} />
      <Panel title="About">
        <Facts>
          <Fact name="AuthZEN subject">
            type <Code>{row.type}</Code>, id <Code>{row.subjectId}</Code>
          </Fact>
          <Fact name="Attributes">{confined ? NOT_SHOWN : <AttributeTable attributes={row.attributes} />}</Fact>
          <Fact name="Created">
            <Time at={row.createdAt} />
          </Fact>
          <Fact name="Changed">
            <Time at={row.updatedAt} />
          </Fact>
        </Facts>
      </Panel>
    </>
  );
}

export function UserShow() {
  return (
    <ShowPage
      resource="users"
      noun="user"
      crumbs={[{ to: '/users', label: 'Users' }]}
      title={({ id, name }) => name ?? id}
      badge={({ id, enabled }) => (
        <>
          <Code>{id}</Code>
          {!enabled && <EnabledMark enabled={false} />}
        </>
      )}
      actions={(row) => (
        <>
          <Can permission="licet.decision:read">
            <Button component={Link} to={listPath('decisions', { subject: row.id })}>
              Decisions
            </Button>
          </Can>
          <EnableButton row={row} />
          <EditButton resource="users" id={row.id} permission="licet.user:update" />
          <DeleteButton resource="users" permission="licet.user:delete" row={row} noun="user">
            The user’s assignments and group memberships go with it. To take all access away but keep them, disable the user instead.
          </DeleteButton>
        </>
      )}
      sections={[{ id: 'overview', label: 'Overview', render: (row) => <Overview row={row} /> }, historySection('users')]}
    />
  );
}
