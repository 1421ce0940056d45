import { useOwnTenants } from '../kit/access.tsx';
import { AttributesInput } from '../kit/AttributesInput.tsx';
import { KeyInput } from '../kit/inputs.tsx';
import { PickerInput } from '../kit/Picker.tsx';

export const RESOURCE_LABELS = { tenant: 'Tenant', attributes: 'Attributes' };

export function ResourceInputs({ creating = false }: { creating?: boolean }) {
  const confined = useOwnTenants() !== null;
  return (
    <>
      {creating && <KeyInput placeholder="task:t1" helper="type:id, as applications name it. It cannot be changed later." />}
      {!confined && (
        <PickerInput
          source="tenant"
          resource="tenants"
          label="Tenant"
          helper="Holds for requests about this resource that name no tenant themselves."
        />
      )}
      <AttributesInput source="attributes" label="Attributes" helper="Filled in under what the request says." />
    </>
  );
}
