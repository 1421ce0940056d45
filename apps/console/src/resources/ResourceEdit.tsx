import { EditPage } from '../kit/FormPage.tsx';
import { recordPath } from '../kit/RecordLink.tsx';
import { RESOURCE_LABELS, ResourceInputs } from './ResourceInputs.tsx';

export function ResourceEdit() {
  return (
    <EditPage
      resource="resources"
      title={(id) => `Edit ${id}`}
      crumbs={(id) => [
        { to: '/resources', label: 'Resources' },
        { to: recordPath('resources', id), label: id },
      ]}
      labels={RESOURCE_LABELS}
      said={({ id }) => `Saved the resource ${id}.`}
    >
      <ResourceInputs />
    </EditPage>
  );
}
