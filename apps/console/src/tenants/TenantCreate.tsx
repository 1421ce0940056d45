import { CreatePage } from '../kit/FormPage.tsx';
import { NamedInputs } from '../kit/NamedInputs.tsx';

export function TenantCreate() {
  return (
    <CreatePage
      resource="tenants"
      title="Create a tenant"
      crumbs={[{ to: '/tenants', label: 'Tenants' }]}
      said={({ id }) => `Created the tenant ${id}.`}
    >
      <NamedInputs newKey="As applications write it in resource.properties.tenant, for instance acme." />
    </CreatePage>
  );
}
