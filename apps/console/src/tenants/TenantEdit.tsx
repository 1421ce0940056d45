import { EditPage } from '../kit/FormPage.tsx';
import { NAMED_LABELS, NamedInputs } from '../kit/NamedInputs.tsx';
import { recordPath } from '../kit/RecordLink.tsx';

export function TenantEdit() {
  return (
    <EditPage
      resource="tenants"
      title={(id) => `Edit ${id}`}
      crumbs={(id) => [
        { to: '/tenants', label: 'Tenants' },
        { to: recordPath('tenants', id), label: id },
      ]}
      labels={NAMED_LABELS}
      said={({ id }) => `Saved the tenant ${id}.`}
    >
      <NamedInputs />
    </EditPage>
  );
}
