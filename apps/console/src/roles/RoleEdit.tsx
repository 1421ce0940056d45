import { useParams } from 'react-router-dom';
import { EditPage } from '../kit/FormPage.tsx';
import { recordPath } from '../kit/RecordLink.tsx';
import { ROLE_LABELS, RoleInputs } from './RoleInputs.tsx';

export function RoleEdit() {
  const role = useParams()['id'] ?? '';
  return (
    <EditPage
      resource="roles"
      title={(id) => `Edit ${id}`}
      crumbs={(id) => [
        { to: '/roles', label: 'Roles' },
        { to: recordPath('roles', id), label: id },
      ]}
      labels={ROLE_LABELS}
      said={({ id }) => `Saved the role ${id}.`}
    >
      <RoleInputs role={role} />
    </EditPage>
  );
}
