import { EditPage } from '../kit/FormPage.tsx';
import { NAMED_LABELS, NamedInputs } from '../kit/NamedInputs.tsx';
import { recordPath } from '../kit/RecordLink.tsx';

export function GroupEdit() {
  return (
    <EditPage
      resource="groups"
      title={(id) => `Edit ${id}`}
      crumbs={(id) => [
        { to: '/groups', label: 'Groups' },
        { to: recordPath('groups', id), label: id },
      ]}
      labels={NAMED_LABELS}
      said={({ id }) => `Saved the group ${id}.`}
    >
      <NamedInputs />
    </EditPage>
  );
}
