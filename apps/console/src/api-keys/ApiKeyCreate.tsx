import { useState } from 'react';
import { useCeiling } from '../assignments/useCeiling.ts';
import { CreatePage } from '../kit/FormPage.tsx';
import { InstantInput } from '../kit/InstantInput.tsx';
import { TextInput } from '../kit/inputs.tsx';
import { PickerInput } from '../kit/Picker.tsx';
import { SecretOnce } from './SecretOnce.tsx';

const APPLICATION_ROLE = 'licet.application';

export function ApiKeyCreate() {
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null);
  const ceiling = useCeiling();
  if (made) return <SecretOnce {...made} />;
  return (
    <CreatePage
      resource="api-keys"
      title="Create an API key"
      lead="For one application. It speaks for a service account of its own, whose role says what the key may do."
      crumbs={[{ to: '/api-keys', label: 'Apps & keys' }]}
      defaults={{ role: APPLICATION_ROLE, tenant: '*', expiresAt: null }}
      said={(row) => `Created the key ${String(row['name'])}.`}
      onCreated={(row) => setMade({ name: String(row['name']), secret: String(row['secret']) })}
    >
      <TextInput
        source="name"
        label="Name"
        required
        mono
        autoFocus
        placeholder="task-manager"
        helper="The application that will use it. Letters, digits, dot, underscore, hyphen."
      />
      <PickerInput
        source="role"
        resource="roles"
        label="Role"
        required
        barred={ceiling}
        helper="licet.application: may ask, hold a copy of the policy, report, and register its users. licet.assigning-application: may also assign roles. licet.decision-point: for a standalone decision point."
      />
      <PickerInput
        source="tenant"
        resource="tenants"
        label="Tenant"
        required
        extra={[{ id: '*', name: 'All tenants' }]}
        helper="A key for one tenant asks at /tenants/<tenant> only, and cannot hold a copy of the policy: a copy holds all tenants."
      />
      <InstantInput source="expiresAt" label="Until" presets ahead helper="Empty means until it is revoked." />
    </CreatePage>
  );
}
