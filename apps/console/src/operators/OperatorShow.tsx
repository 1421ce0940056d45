import { Box, Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { AssignmentPanel } from '../assignments/AssignmentPanel.tsx';
import { IdentityFacts } from '../account/IdentityFacts.tsx';
import { SessionPanel } from '../account/SessionPanel.tsx';
import { History, historySection } from '../audit/History.tsx';
import { Can, NotOneself } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { DeleteButton } from '../kit/DeleteButton.tsx';
import { listPath, RecordLink } from '../kit/RecordLink.tsx';
import { Fact, Facts, Panel, ShowPage } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { FactorButton } from './FactorButton.tsx';
import { IdentityButton } from './IdentityButton.tsx';
import { KeysMade } from './KeysMade.tsx';
import { LinkButton } from './LinkButton.tsx';
import { OperatorState, type Operator } from './OperatorState.tsx';
import { SwitchButton } from './SwitchButton.tsx';

function Overview({ row }: { row: Operator }) {
  return (
    <>
      <Panel title="Account">
        <Facts>
          <Fact name="State">
            <OperatorState row={row} />
          </Fact>
          <Fact name="User">
            <RecordLink resource="users" id={row.id} />
          </Fact>
          <Fact name="Last sign-in">{row.lastSignInAt ? <Time at={row.lastSignInAt} as="relative" /> : 'never'}</Fact>
          <Fact name="Password chosen">{row.passwordChangedAt ? <Time at={row.passwordChangedAt} as="relative" /> : 'not yet'}</Fact>
          <Fact name="Passkeys">{row.passkeys || 'none'}</Fact>
          <Fact name="Authenticator app">
            {row.secondFactorAt ? (
              <>
                since <Time at={row.secondFactorAt} />
              </>
            ) : (
              'none'
            )}
          </Fact>
          {row.identity && (
            <Fact name="Identity">
              <IdentityFacts identity={row.identity} />
            </Fact>
          )}
          {row.state !== 'invited' && row.linkExpiresAt && (
            <Fact name="One-time link">
              is out, until <Time at={row.linkExpiresAt} />
            </Fact>
          )}
          <Fact name="Operator since">
            <Time at={row.createdAt} />
          </Fact>
        </Facts>
      </Panel>
      <AssignmentPanel
        filter={{ user: row.id }}
        title="Roles"
        lead={
          <>
            Roles that begin with <Code>licet.</Code> say what the operator may do in this console.
          </>
        }
        without="who"
        empty="No role: the operator cannot sign in."
      />
      <SessionPanel user={row.id} />
    </>
  );
}

const HistoryOf = ({ id }: { id: string }) => (
  <>
    <History kind="operators" target={id} />
    <History kind="operator-identities" target={id} title="History of the identity" optional />
  </>
);

export function OperatorShow() {
  return (
    <ShowPage
      resource="operators"
      noun="operator"
      crumbs={[{ to: '/operators', label: 'Operators' }]}
      title={({ id, name }) => name ?? id}
      badge={({ id, name }) => name && <Code>{id}</Code>}
      actions={(row) => (
        <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
          <Can permission="licet.audit-entry:read">
            <Button component={Link} to={listPath('security-events', { actor: row.id })}>
              Security events
            </Button>
          </Can>
          <NotOneself id={row.id}>
            <LinkButton row={row} />
            <FactorButton row={row} />
            <IdentityButton row={row} />
          </NotOneself>
          <SwitchButton row={row} />
          <DeleteButton resource="operators" permission="licet.operator:delete" row={row} noun="operator">
            The account and its console roles go. The user stays, with what applications were told about it.
            <KeysMade by={row.id} />
          </DeleteButton>
        </Box>
      )}
      sections={[
        { id: 'overview', label: 'Overview', render: (row) => <Overview row={row} /> },
        { ...historySection('operators'), render: ({ id }) => <HistoryOf id={id} /> },
      ]}
    />
  );
}
