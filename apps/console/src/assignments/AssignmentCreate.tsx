import { Box, ToggleButton, ToggleButtonGroup, Typography } from '@mui/material';
import { useEffect, useState } from 'react';
import { useFormContext, useWatch } from 'react-hook-form';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { useCan, useOwnTenants } from '../kit/access.tsx';
import type { Row } from '../kit/diff.ts';
import { CreatePage } from '../kit/FormPage.tsx';
import { FreePickerInput } from '../kit/FreePicker.tsx';
import { InstantInput } from '../kit/InstantInput.tsx';
import { TextInput } from '../kit/inputs.tsx';
import { ANY_TENANT, DEFAULT_TENANT } from '../kit/keys.ts';
import { PickerInput } from '../kit/Picker.tsx';
import { REASON_FIELD } from '../providers/dataProvider.ts';
import { useCeiling } from './useCeiling.ts';

type Kind = 'user' | 'group';
const ALL_TENANTS = [{ id: ANY_TENANT, name: 'All tenants' }];

function UserInput() {
  const own = useOwnTenants();
  const common = { source: 'user', resource: 'users', label: 'User', required: true, placeholder: 'Search by id or name' } as const;
  if (!own) return <PickerInput {...common} />;
  // Whoever has nothing in these tenants yet is shown to nobody who is confined to them, and may be given something all the same.
  return (
    <FreePickerInput
      {...common}
      helper="The list has those with a role here. For anybody else write the id, as applications name the user."
    />
  );
}

function WhoInput() {
  const { setValue } = useFormContext();
  const can = useCan();
  const group = useWatch<Row>({ name: 'group' });
  const [kind, setKind] = useState<Kind>('user');
  useEffect(() => {
    if (group) setKind('group');
  }, [group]);
  const choose = (next: Kind | null) => {
    if (!next) return;
    setKind(next);
    setValue(next === 'user' ? 'group' : 'user', null);
  };
  if (!can('licet.group:read')) return <UserInput />;
  return (
    <Box sx={{ display: 'grid', gap: 1.25 }}>
      <ToggleButtonGroup exclusive value={kind} onChange={(_event, next: Kind | null) => choose(next)} aria-label="Assign to">
        <ToggleButton value="user">A user</ToggleButton>
        <ToggleButton value="group">A group</ToggleButton>
      </ToggleButtonGroup>
      {kind === 'user' ? (
        <UserInput key="user" />
      ) : (
        <PickerInput
          key="group"
          source="group"
          resource="groups"
          label="Group"
          required
          placeholder="Search by id or name"
          helper="everyone: all enabled users. anyone: also those that Licet does not know."
        />
      )}
    </Box>
  );
}

// The reason is kept with the assignment, and is that of the change as well.
const withReason = (data: Row): Row => ({ ...data, [REASON_FIELD]: data['reason'] });

export function AssignmentCreate() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const own = useOwnTenants();
  const ceiling = useCeiling();
  return (
    <CreatePage
      resource="assignments"
      title="Assign a role"
      lead="Gives a role to a user or to a group, in force as soon as it is saved."
      crumbs={[{ to: '/assignments', label: 'Assignments' }]}
      submit="Assign"
      withReason={false}
      defaults={{ tenant: own?.[0] ?? DEFAULT_TENANT, startsAt: null, expiresAt: null, user: null, group: null, role: null }}
      transform={withReason}
      said={(row) => `Assigned ${String(row['role'])} to ${String(row['user'] ?? row['group'])}.`}
      onCreated={() => (params.has('source') ? navigate(-1) : navigate('/assignments'))}
    >
      <WhoInput />
      <PickerInput source="role" resource="roles" label="Role" required placeholder="Search by id or name" barred={ceiling} />
      <Box sx={{ display: 'grid', gap: 2.5, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
        <PickerInput source="tenant" resource="tenants" label="Tenant" required extra={own ? [] : ALL_TENANTS} />
        <TextInput
          source="resource"
          label="Only on one resource"
          placeholder="task:t1"
          mono
          nullable
          helper="Optional: type:id. Empty means all resources."
        />
        <InstantInput source="startsAt" label="From" helper="Empty means at once." />
        <InstantInput source="expiresAt" label="Until" presets ahead helper="Empty means without end." />
      </Box>
      <TextInput source="reason" label="Reason" helper="Kept with the assignment and in the audit trail." />
      <Typography variant="body2" color="textSecondary">
        What a role allows is on its page, and in the permission matrix.
      </Typography>
    </CreatePage>
  );
}
