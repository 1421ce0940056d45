import { AssignmentPanel } from '../assignments/AssignmentPanel.tsx';
import { historySection } from '../audit/History.tsx';
import { Code } from '../kit/Code.tsx';
import { DeleteButton } from '../kit/DeleteButton.tsx';
import { EditButton, ShowPage } from '../kit/ShowPage.tsx';

export function TenantShow() {
  return (
    <ShowPage
      resource="tenants"
      noun="tenant"
      crumbs={[{ to: '/tenants', label: 'Tenants' }]}
      title={({ name }) => name}
      badge={({ id }) => <Code>{id}</Code>}
      lead={({ description }) => description}
      actions={(row) => (
        <>
          <EditButton resource="tenants" id={row.id} permission="licet.tenant:update" />
          <DeleteButton resource="tenants" permission="licet.tenant:delete" row={row} noun="tenant">
            Requests about this tenant will be denied. A tenant that assignments or resources name cannot be deleted.
          </DeleteButton>
        </>
      )}
      sections={[
        {
          id: 'assignments',
          label: 'Assignments',
          render: ({ id }) => (
            <AssignmentPanel
              filter={{ tenant: id }}
              lead="Who holds which role in this tenant. Assignments in all tenants count as well."
            />
          ),
        },
        historySection('tenants'),
      ]}
    />
  );
}
