import { CreatePage } from '../kit/FormPage.tsx';
import { GroupInputs } from './GroupInputs.tsx';

export function GroupCreate() {
  return (
    <CreatePage
      resource="groups"
      title="Create a group"
      crumbs={[{ to: '/groups', label: 'Groups' }]}
      said={({ id }) => `Created the group ${id}.`}
    >
      <GroupInputs creating />
    </CreatePage>
  );
}
