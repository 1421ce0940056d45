import { KeyInput, TextInput } from '../kit/inputs.tsx';

export const CONDITION_LABELS = { description: 'Description', expression: 'Expression' };

export function ConditionInputs({ creating = false }: { creating?: boolean }) {
  return (
    <>
      {creating && <KeyInput placeholder="is-owner" helper="Grants name it. It cannot be changed later." />}
      <TextInput
        source="expression"
        label="Expression"
        required
        mono
        lines={5}
        placeholder="resource.properties.ownerId == subject.id"
        helper="CEL. It must be true for the grant to apply. It is checked when it is saved."
      />
      <TextInput source="description" label="Description" lines={2} />
    </>
  );
}
