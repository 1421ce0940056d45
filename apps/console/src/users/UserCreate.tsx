import { CreatePage } from '../kit/FormPage.tsx';
import { UserInputs } from './UserInputs.tsx';

export function UserCreate() {
  return (
    <CreatePage
      resource="users"
      title="Create a user"
      crumbs={[{ to: '/users', label: 'Users' }]}
      defaults={{ enabled: true, attributes: {} }}
      said={({ id }) => `Created the user ${id}.`}
    >
      <UserInputs creating />
    </CreatePage>
  );
}
