import { Button, Card } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useCeiling } from '../assignments/useCeiling.ts';
import { CreatePage } from '../kit/FormPage.tsx';
import { TextInput } from '../kit/inputs.tsx';
import { ANY_TENANT } from '../kit/keys.ts';
import { Page } from '../kit/Page.tsx';
import { PickerInput } from '../kit/Picker.tsx';
import { recordPath } from '../kit/RecordLink.tsx';
import { LinkOnce } from './LinkOnce.tsx';

const CRUMBS = [{ to: '/operators', label: 'Operators' }];
const ALL_TENANTS = [{ id: ANY_TENANT, name: 'All tenants' }];
const CONSOLE_ROLES = { builtIn: true };

interface Invited {
  id: string;
  link: string;
  linkExpiresAt: string | null;
}

function Made({ id, link, linkExpiresAt }: Invited) {
  return (
    <Page title={`${id} is invited`} crumbs={CRUMBS}>
      <Card sx={{ p: { xs: 2, sm: 3 }, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2.5, maxWidth: 860 }}>
        <LinkOnce link={link} id={id} expiresAt={linkExpiresAt}>
          {(kept) => (
            <Button component={Link} to={recordPath('operators', id)} variant="contained" onClick={kept}>
              I have copied it
            </Button>
          )}
        </LinkOnce>
      </Card>
    </Page>
  );
}

export function OperatorInvite() {
  const [made, setMade] = useState<Invited | null>(null);
  const ceiling = useCeiling();
  if (made) return <Made {...made} />;
  return (
    <CreatePage
      resource="operators"
      title="Invite an operator"
      lead="You get a link to hand over. By it the operator chooses a password, and is signed in."
      crumbs={CRUMBS}
      submit="Invite"
      defaults={{ tenant: ANY_TENANT, role: null }}
      said={(row) => `Invited ${String(row.id)}.`}
      onCreated={(row) => setMade(row as unknown as Invited)}
    >
      <TextInput
        source="id"
        label="Username"
        required
        mono
        autoFocus
        placeholder="grace"
        helper="The key of the user, who is made if there is none yet. The operator signs in with it."
      />
      <TextInput source="name" label="Name" nullable />
      <PickerInput
        source="role"
        resource="roles"
        filter={CONSOLE_ROLES}
        barred={ceiling}
        label="Console role"
        required
        helper="What the operator may do here. You can give only what you hold yourself."
      />
      <PickerInput
        source="tenant"
        resource="tenants"
        label="In tenant"
        required
        extra={ALL_TENANTS}
        helper="All tenants, or the one that a tenant administrator looks after."
      />
    </CreatePage>
  );
}
