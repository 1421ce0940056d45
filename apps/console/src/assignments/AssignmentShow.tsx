import { useNavigate } from 'react-router-dom';
import { History } from '../audit/History.tsx';
import { ActorLink } from '../kit/ActorLink.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import { EditButton, Fact, Facts, Panel, ShowPage } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { Grantee, granteeOf, State, Where, type Assignment } from './columns.tsx';
import { RevokeButton } from './RevokeButton.tsx';

function Overview({ row }: { row: Assignment }) {
  return (
    <>
      <Panel title="Assignment">
        <Facts>
          <Fact name="Who">
            <Grantee row={row} />
          </Fact>
          <Fact name="Role">
            <RecordLink resource="roles" id={row.role} strong />
          </Fact>
          <Fact name="Where">
            <Where row={row} />
          </Fact>
          <Fact name="In force">
            <State row={row} />
          </Fact>
          {row.startsAt && (
            <Fact name="From">
              <Time at={row.startsAt} />
            </Fact>
          )}
          <Fact name="Reason">{row.reason || 'none given'}</Fact>
          <Fact name="Assigned by">
            <ActorLink id={row.createdBy} /> <Time at={row.createdAt} />
          </Fact>
        </Facts>
      </Panel>
      <History kind="assignments" target={row.id} />
    </>
  );
}

export function AssignmentShow() {
  const navigate = useNavigate();
  return (
    <ShowPage
      resource="assignments"
      noun="assignment"
      crumbs={[{ to: '/assignments', label: 'Assignments' }]}
      title={(row) => `${row.role} for ${granteeOf(row)}`}
      actions={(row) => (
        <>
          <EditButton resource="assignments" id={row.id} permission="licet.assignment:update" />
          <RevokeButton row={row} size="medium" onRevoked={() => navigate('/assignments')} />
        </>
      )}
      sections={[{ id: 'overview', label: 'Overview', render: (row) => <Overview row={row} /> }]}
    />
  );
}
