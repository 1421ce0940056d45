import { EditPage } from '../kit/FormPage.tsx';
import { recordPath } from '../kit/RecordLink.tsx';
import { USER_LABELS, UserInputs } from './UserInputs.tsx';

export function UserEdit() {
  return (
    <EditPage
      resource="users"
      title={(id) => `Edit ${id}`}
      crumbs={(id) => [
        { to: '/users', label: 'Users' },
        { to: recordPath('users', id), label: id },
      ]}
      labels={USER_LABELS}
      said={({ id }) => `Saved the user ${id}.`}
    >
      <UserInputs />
    </EditPage>
  );
}
