import { useWatch } from 'react-hook-form';
import { AttributesInput } from '../kit/AttributesInput.tsx';
import { Code } from '../kit/Code.tsx';
import { SwitchInput, TextInput } from '../kit/inputs.tsx';
import { parseUserKey } from '../kit/keys.ts';

export const USER_LABELS = { name: 'Name', enabled: 'Enabled', attributes: 'Attributes' };

function IdHelp() {
  const id = useWatch<Record<string, unknown>>({ name: 'id' });
  if (typeof id !== 'string' || !id)
    return <>As your application names them, for instance alice; another type goes before a colon: service:billing.</>;
  const key = parseUserKey(id);
  return (
    <>
      Applications ask about the subject of type <Code>{key.type}</Code> with the id <Code>{key.id}</Code>. It cannot be changed later.
    </>
  );
}

export function UserInputs({ creating = false }: { creating?: boolean }) {
  return (
    <>
      {creating && <TextInput source="id" label="Id" required mono autoFocus helper={<IdHelp />} />}
      <TextInput source="name" label="Name" nullable helper="For people to read. Decisions do not use it." />
      <SwitchInput source="enabled" label="Enabled" helper="A disabled user is denied everything, whatever is granted." />
      <AttributesInput source="attributes" label="Attributes" helper="Conditions read them as subject.properties.name." />
    </>
  );
}
