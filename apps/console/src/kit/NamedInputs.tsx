import { KeyInput, TextInput } from './inputs.tsx';

export const NAMED_LABELS = { name: 'Name', description: 'Description' };

/** A name and a description; and the key of a new row, with what is to be known about it. */
export function NamedInputs({ newKey }: { newKey?: string }) {
  return (
    <>
      {newKey && <KeyInput helper={`${newKey} It cannot be changed later.`} />}
      <TextInput source="name" label="Name" required={!newKey} />
      <TextInput source="description" label="Description" lines={2} />
    </>
  );
}
