import TenantIcon from '@mui/icons-material/ApartmentOutlined';
import type { CollectionRow } from '@licet/contract';
import { EmptyState } from '../kit/EmptyState.tsx';
import { CreateButton, ListPage } from '../kit/ListPage.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import type { Column } from '../kit/Rows.tsx';
import { Time } from '../kit/Time.tsx';

const columns: Column<CollectionRow<'tenants'>>[] = [
  { label: 'Tenant', sort: 'id', render: ({ id }) => <RecordLink resource="tenants" id={id} strong /> },
  { label: 'Name', sort: 'name', render: ({ name }) => name },
  { label: 'Description', render: ({ description }) => description },
  { label: 'Changed', sort: 'updatedAt', wideOnly: true, render: ({ updatedAt }) => <Time at={updatedAt} as="relative" /> },
];

const create = <CreateButton resource="tenants" permission="licet.tenant:create" label="Create tenant" />;

export function TenantList() {
  return (
    <ListPage
      resource="tenants"
      title="Tenants"
      lead="Customers or organisations inside this Licet. Roles are shared by all; an assignment holds in one tenant, or in all of them."
      actions={create}
      columns={columns}
      empty={
        <EmptyState icon={TenantIcon} title="No tenants" actions={create}>
          Requests that name no tenant are about the tenant default.
        </EmptyState>
      }
    />
  );
}
