import LayersIcon from '@mui/icons-material/LayersOutlined';
import type { CollectionRow } from '@licet/contract';
import { AttributeTable } from '../kit/AttributeTable.tsx';
import { useOwnTenants } from '../kit/access.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { IdFilter } from '../kit/IdFilter.tsx';
import { CreateButton, ListPage } from '../kit/ListPage.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import type { Column } from '../kit/Rows.tsx';
import { Time } from '../kit/Time.tsx';

const columns: Column<CollectionRow<'resources'>>[] = [
  { label: 'Resource', sort: 'id', render: ({ id }) => <RecordLink resource="resources" id={id} strong /> },
  { label: 'Type', sort: 'type', render: ({ type }) => <RecordLink resource="resource-types" id={type} /> },
  { label: 'Tenant', render: ({ tenant }) => tenant && <RecordLink resource="tenants" id={tenant} /> },
  { label: 'Attributes', render: ({ attributes }) => <AttributeTable attributes={attributes} /> },
  { label: 'Changed', sort: 'updatedAt', wideOnly: true, render: ({ updatedAt }) => <Time at={updatedAt} as="relative" /> },
];

const create = <CreateButton resource="resources" permission="licet.resource:create" label="Register resource" />;

const LEAD = 'Single resources whose tenant or attributes Licet keeps, so that applications need not send them.';
const ELSEWHERE = 'Ids are one space for all tenants: they are registered by somebody who may do so in all of them.';

export function ResourceList() {
  const confined = useOwnTenants() !== null;
  return (
    <ListPage
      resource="resources"
      title="Resources"
      lead={confined ? `${LEAD} ${ELSEWHERE}` : LEAD}
      actions={create}
      search="Search ids"
      filters={
        <>
          <IdFilter resource="resource-types" source="type" label="Type" width={130} />
          <IdFilter resource="tenants" source="tenant" label="Tenant" width={130} />
        </>
      }
      columns={columns}
      empty={
        <EmptyState icon={LayersIcon} title="No resources are registered" actions={create}>
          This is optional: applications usually send a resource’s attributes with the question.{' '}
          {confined ? ELSEWHERE : 'Register one where Licet should know them.'}
        </EmptyState>
      }
    />
  );
}
