import { CreatePage } from '../kit/FormPage.tsx';
import { ResourceInputs } from './ResourceInputs.tsx';

export function ResourceCreate() {
  return (
    <CreatePage
      resource="resources"
      title="Register a resource"
      crumbs={[{ to: '/resources', label: 'Resources' }]}
      defaults={{ tenant: null, attributes: {} }}
      said={({ id }) => `Registered the resource ${id}.`}
    >
      <ResourceInputs creating />
    </CreatePage>
  );
}
