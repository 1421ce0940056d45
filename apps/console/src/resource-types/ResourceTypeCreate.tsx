import { CreatePage } from '../kit/FormPage.tsx';
import { ResourceTypeInputs } from './ResourceTypeInputs.tsx';

export function ResourceTypeCreate() {
  return (
    <CreatePage
      resource="resource-types"
      title="Create a resource type"
      crumbs={[{ to: '/resource-types', label: 'Resource types' }]}
      defaults={{ actions: [], attributes: {} }}
      said={({ id }) => `Created the resource type ${id}.`}
    >
      <ResourceTypeInputs creating />
    </CreatePage>
  );
}
