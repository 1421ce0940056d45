import { EditPage } from '../kit/FormPage.tsx';
import { recordPath } from '../kit/RecordLink.tsx';
import { GROUP_LABELS, GroupInputs } from './GroupInputs.tsx';

export function GroupEdit() {
  return (
    <EditPage
      resource="groups"
      title={(id) => `Edit ${id}`}
      crumbs={(id) => [
        { to: '/groups', label: 'Groups' },
        { to: recordPath('groups', id), label: id },
      ]}
      labels={GROUP_LABELS}
      said={({ id }) => `Saved the group ${id}.`}
    >
      <GroupInputs />
    </EditPage>
  );
}
