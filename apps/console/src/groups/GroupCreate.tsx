import { CreatePage } from '../kit/FormPage.tsx';
import { NamedInputs } from '../kit/NamedInputs.tsx';

export function GroupCreate() {
  return (
    <CreatePage
      resource="groups"
      title="Create a group"
      crumbs={[{ to: '/groups', label: 'Groups' }]}
      said={({ id }) => `Created the group ${id}.`}
    >
      <NamedInputs newKey="Letters, digits, dot, underscore, hyphen." />
    </CreatePage>
  );
}
