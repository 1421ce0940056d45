import { KeyInput, TextInput } from '../kit/inputs.tsx';
import { ManyPickerInput } from '../kit/Picker.tsx';

export const ROLE_LABELS = { name: 'Name', description: 'Description', inherits: 'Inherits from' };

/** @param role the one that is edited; absent for a new one */
export function RoleInputs({ role }: { role?: string }) {
  return (
    <>
      {!role && (
        <KeyInput
          placeholder="member"
          helper="As it stands in policy files and logs. Letters, digits, dot, underscore, hyphen. It cannot be changed later."
        />
      )}
      <TextInput source="name" label="Name" required={Boolean(role)} />
      <TextInput source="description" label="Description" lines={2} />
      <ManyPickerInput
        source="inherits"
        label="Inherits from"
        resource="roles"
        helper="This role has all the grants of those roles as well."
        {...(role ? { without: role } : {})}
      />
    </>
  );
}
