import { KeyInput, TextInput } from '../kit/inputs.tsx';

export const TENANT_LABELS = { name: 'Name', description: 'Description' };

export function TenantInputs({ creating = false }: { creating?: boolean }) {
  return (
    <>
      {creating && (
        <KeyInput helper="As applications write it in resource.properties.tenant, for instance acme. It cannot be changed later." />
      )}
      <TextInput source="name" label="Name" required={!creating} />
      <TextInput source="description" label="Description" lines={2} />
    </>
  );
}
