import { EditPage } from '../kit/FormPage.tsx';
import { recordPath } from '../kit/RecordLink.tsx';
import { TENANT_LABELS, TenantInputs } from './TenantInputs.tsx';

export function TenantEdit() {
  return (
    <EditPage
      resource="tenants"
      title={(id) => `Edit ${id}`}
      crumbs={(id) => [
        { to: '/tenants', label: 'Tenants' },
        { to: recordPath('tenants', id), label: id },
      ]}
      labels={TENANT_LABELS}
      said={({ id }) => `Saved the tenant ${id}.`}
    >
      <TenantInputs />
    </EditPage>
  );
}
