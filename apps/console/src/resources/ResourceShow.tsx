import type { CollectionRow } from '@licet/contract';
import { Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { historySection } from '../audit/History.tsx';
import { Can } from '../kit/access.tsx';
import { AttributeTable } from '../kit/AttributeTable.tsx';
import { DeleteButton } from '../kit/DeleteButton.tsx';
import { listPath, RecordLink } from '../kit/RecordLink.tsx';
import { EditButton, Fact, Facts, Panel, ShowPage } from '../kit/ShowPage.tsx';

function Overview({ row }: { row: CollectionRow<'resources'> }) {
  return (
    <Panel title="About">
      <Facts>
        <Fact name="Type">
          <RecordLink resource="resource-types" id={row.type} />
        </Fact>
        <Fact name="Tenant">{row.tenant ? <RecordLink resource="tenants" id={row.tenant} /> : 'none: the request says'}</Fact>
        <Fact name="Attributes">
          <AttributeTable attributes={row.attributes} />
        </Fact>
      </Facts>
    </Panel>
  );
}

export function ResourceShow() {
  return (
    <ShowPage
      resource="resources"
      noun="resource"
      crumbs={[{ to: '/resources', label: 'Resources' }]}
      title={({ id }) => id}
      actions={(row) => (
        <>
          <Can permission="licet.decision:read">
            <Button component={Link} to={listPath('decisions', { resource: row.id })}>
              Decisions
            </Button>
          </Can>
          <EditButton resource="resources" id={row.id} permission="licet.resource:update" />
          <DeleteButton resource="resources" permission="licet.resource:delete" row={row} noun="resource">
            Licet forgets its tenant and attributes. Requests about it are still answered, from what they say themselves.
          </DeleteButton>
        </>
      )}
      sections={[{ id: 'overview', label: 'Overview', render: (row) => <Overview row={row} /> }, historySection('resources')]}
    />
  );
}
