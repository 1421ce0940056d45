import PasskeyIcon from '@mui/icons-material/FingerprintOutlined';
import type { Passkey, Passkeys } from '@licet/contract';
import { Box, Button, Chip, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNotify } from 'react-admin';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { Failure, Refusal } from '../kit/Failure.tsx';
import { Rows, type Column } from '../kit/Rows.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { useSubmit } from '../kit/useSubmit.ts';
import { Waiting } from '../kit/Waiting.tsx';
import { api } from '../providers/client.ts';
import { addPasskey, passkeysSupported } from '../providers/passkeys.ts';
import { browserOf } from './browser.ts';
import { RecoveryCodes } from './RecoveryCodes.tsx';

interface NameProps {
  title: string;
  lead?: string;
  submit: string;
  initial: string;
  onName: (name: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for a name by which the operator knows the passkey again. */
function NameDialog({ title, lead, submit: label, initial, onName, onClose }: NameProps) {
  const [name, setName] = useState(initial);
  const { busy, failure, submit } = useSubmit(() => onName(name.trim()).then(onClose));
  return (
    <Dialog open onClose={busy ? undefined : onClose} maxWidth="xs" fullWidth aria-labelledby="passkey-name">
      <Box component="form" onSubmit={submit}>
        <DialogTitle id="passkey-name">{title}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2 }}>
          {lead && <Box>{lead}</Box>}
          <TextField
            label="Name of the passkey"
            value={name}
            onChange={(event) => setName(event.target.value)}
            helperText="By which you know it again, such as the device it is on."
            autoComplete="off"
            required
            fullWidth
            autoFocus
            sx={{ mt: 1 }}
            slotProps={{ htmlInput: { maxLength: 100 } }}
          />
          <Refusal error={failure} />
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={busy}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" disabled={busy}>
            {label}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}

type Act = { kind: 'add' } | { kind: 'rename' | 'remove'; passkey: Passkey };

const columns = (act: (act: Act) => void): Column<Passkey>[] => [
  {
    label: 'Passkey',
    render: ({ name, backedUp }) => (
      <Box component="span" sx={{ display: 'inline-flex', gap: 1, alignItems: 'center', flexWrap: 'wrap', overflowWrap: 'anywhere' }}>
        {name}
        {backedUp && <Chip size="small" variant="outlined" label="Synced" title="Its maker keeps a copy: it outlives the device." />}
      </Box>
    ),
  },
  { label: 'Added', render: ({ createdAt }) => <Time at={createdAt} as="relative" /> },
  { label: 'Last used', render: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} as="relative" /> : 'never') },
  {
    label: 'Actions',
    align: 'right',
    render: (passkey) => (
      <Box component="span" sx={{ display: 'inline-flex', gap: 1 }}>
        <Button size="small" variant="outlined" onClick={() => act({ kind: 'rename', passkey })} aria-label={`Rename ${passkey.name}`}>
          Rename
        </Button>
        <Button
          size="small"
          color="error"
          variant="outlined"
          onClick={() => act({ kind: 'remove', passkey })}
          aria-label={`Remove ${passkey.name}`}
        >
          Remove
        </Button>
      </Box>
    ),
  },
];

/** The own passkeys: signing in with a finger, a face or a PIN. */
export function PasskeysPanel() {
  const client = useQueryClient();
  const notify = useNotify();
  const [act, setAct] = useState<Act | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['session', 'passkeys'],
    queryFn: async ({ signal }) => (await api<Passkeys>('GET', 'session/passkeys', { signal })).body,
  });
  const settle = (text: string) => {
    notify(text, { type: 'success' });
    return client.invalidateQueries({ queryKey: ['session'] });
  };
  const add = async (name: string) => {
    const { passkey, recoveryCodes } = await addPasskey(name);
    setCodes(recoveryCodes ?? null);
    await settle(`Added the passkey ${passkey.name}.`);
  };
  const change = async (method: 'PATCH' | 'DELETE', { id, name }: Passkey, ask: { body?: object; reason?: string }) => {
    await api(method, `session/passkeys/${id}`, ask);
    await settle(method === 'PATCH' ? 'Renamed the passkey.' : `Removed the passkey ${name}.`);
  };
  const supported = passkeysSupported();
  const close = () => setAct(null);
  const last = data?.total === 1;
  return (
    <Panel
      title="Passkeys"
      lead="Sign in with a finger, a face or a PIN: without a password, and on no page but this. With one, the password alone is not enough any more."
      flush
      actions={
        supported && (
          <Button variant="contained" startIcon={<PasskeyIcon />} onClick={() => setAct({ kind: 'add' })}>
            Add a passkey
          </Button>
        )
      }
    >
      {codes && (
        <Box sx={{ p: 2.5, borderBottom: 1, borderColor: 'divider' }}>
          <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />
        </Box>
      )}
      {error && (
        <Box sx={{ p: 2 }}>
          <Failure title="The passkeys could not be read" error={error} onRetry={() => void refetch()} />
        </Box>
      )}
      {!data && !error && (
        <Box sx={{ p: 2 }}>
          <Waiting lines={2} />
        </Box>
      )}
      {data && !data.total && (
        <Box sx={{ p: 2.5, color: 'text.secondary' }}>
          {supported ? 'No passkey yet.' : 'No passkey. This browser has none to offer: they need HTTPS, or localhost.'}
        </Box>
      )}
      {data && data.total > 0 && <Rows label="Passkeys" rows={data.items} columns={columns(setAct)} rowKey={({ id }) => id} />}
      {act?.kind === 'add' && (
        <NameDialog
          title="Add a passkey"
          lead="Your browser then asks where to keep it: on this device, on your telephone or on a security key."
          submit="Go on"
          initial={browserOf(navigator.userAgent)}
          onName={add}
          onClose={close}
        />
      )}
      {act?.kind === 'rename' && (
        <NameDialog
          title="Rename the passkey"
          submit="Rename"
          initial={act.passkey.name}
          onName={(name) => change('PATCH', act.passkey, { body: { name } })}
          onClose={close}
        />
      )}
      {act?.kind === 'remove' && (
        <ConfirmDialog
          title={`Remove the passkey ${act.passkey.name}?`}
          confirm="Remove it"
          danger
          onConfirm={(reason) => change('DELETE', act.passkey, { reason })}
          onClose={close}
        >
          It signs you in no longer. Delete it on the device too, which goes on offering it otherwise.
          {last && ' It is your last one: without an authenticator app, your password alone is enough from then on.'}
        </ConfirmDialog>
      )}
    </Panel>
  );
}
