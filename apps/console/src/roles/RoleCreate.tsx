import { CreatePage } from '../kit/FormPage.tsx';
import { RoleInputs } from './RoleInputs.tsx';

export function RoleCreate() {
  return (
    <CreatePage
      resource="roles"
      title="Create a role"
      lead="Grants are added afterwards, on the role’s page or in the permission matrix."
      crumbs={[{ to: '/roles', label: 'Roles' }]}
      defaults={{ inherits: [] }}
      said={({ id }) => `Created the role ${id}.`}
    >
      <RoleInputs />
    </CreatePage>
  );
}
