import { CreatePage } from '../kit/FormPage.tsx';
import { TenantInputs } from './TenantInputs.tsx';

export function TenantCreate() {
  return (
    <CreatePage
      resource="tenants"
      title="Create a tenant"
      crumbs={[{ to: '/tenants', label: 'Tenants' }]}
      said={({ id }) => `Created the tenant ${id}.`}
    >
      <TenantInputs creating />
    </CreatePage>
  );
}
