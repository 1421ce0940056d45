import { EditPage } from '../kit/FormPage.tsx';
import { recordPath } from '../kit/RecordLink.tsx';
import { RESOURCE_TYPE_LABELS, ResourceTypeInputs } from './ResourceTypeInputs.tsx';

export function ResourceTypeEdit() {
  return (
    <EditPage
      resource="resource-types"
      title={(id) => `Edit ${id}`}
      crumbs={(id) => [
        { to: '/resource-types', label: 'Resource types' },
        { to: recordPath('resource-types', id), label: id },
      ]}
      labels={RESOURCE_TYPE_LABELS}
      said={({ id }) => `Saved the resource type ${id}.`}
    >
      <ResourceTypeInputs />
    </EditPage>
  );
}
