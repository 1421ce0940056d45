import { useOwnTenants } from '../kit/access.tsx';
import { CreatePage } from '../kit/FormPage.tsx';
import { ResourceInputs } from './ResourceInputs.tsx';

export function ResourceCreate() {
  const own = useOwnTenants();
  return (
    <CreatePage
      resource="resources"
      title="Register a resource"
      crumbs={[{ to: '/resources', label: 'Resources' }]}
      defaults={{ tenant: own?.[0] ?? null, attributes: {} }}
      said={({ id }) => `Registered the resource ${id}.`}
    >
      <ResourceInputs creating />
    </CreatePage>
  );
}
