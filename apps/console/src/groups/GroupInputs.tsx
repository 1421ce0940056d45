import { KeyInput, TextInput } from '../kit/inputs.tsx';

export const GROUP_LABELS = { name: 'Name', description: 'Description' };

export function GroupInputs({ creating = false }: { creating?: boolean }) {
  return (
    <>
      {creating && <KeyInput helper="Letters, digits, dot, underscore, hyphen. It cannot be changed later." />}
      <TextInput source="name" label="Name" required={!creating} />
      <TextInput source="description" label="Description" lines={2} />
    </>
  );
}
