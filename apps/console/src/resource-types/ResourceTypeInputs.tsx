import { KeyInput, TextInput } from '../kit/inputs.tsx';
import { ActionsInput, AttributeTypesInput } from './TypeEditors.tsx';

export const RESOURCE_TYPE_LABELS = { description: 'Description', actions: 'Actions', attributes: 'Attributes' };

export function ResourceTypeInputs({ creating = false }: { creating?: boolean }) {
  return (
    <>
      {creating && <KeyInput placeholder="task" helper="As applications name it in resource.type. It cannot be changed later." />}
      <TextInput source="description" label="Description" lines={2} />
      <ActionsInput />
      <AttributeTypesInput />
    </>
  );
}
