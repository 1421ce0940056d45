import type { IdentityAnswer, IdentityProof, Session } from '@licet/contract';
import { Alert, Box, Button, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useNotify } from 'react-admin';
import { useSearchParams } from 'react-router-dom';
import { Panel } from '../kit/ShowPage.tsx';
import { useRefreshAll } from '../kit/write.tsx';
import { Message } from '../kit/Words.tsx';
import { api } from '../providers/client.ts';
import { CodeField, needsCode } from '../sign-in/CodeField.tsx';
import { PasswordField } from '../sign-in/PasswordField.tsx';
import { leaveFor, outcomeText, useStatus } from '../sign-in/provider.ts';
import { IdentityFacts } from './IdentityFacts.tsx';

interface ProofProps {
  submit: string;
  danger: boolean;
  onProof: (proof: IdentityProof) => Promise<void>;
  onCancel: () => void;
}

/** Who asks for a new way in, or takes one away, shows the present one. */
function Proof({ submit, danger, onProof, onCancel }: ProofProps) {
  const [currentPassword, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    onProof({ currentPassword, ...(code.trim() ? { code: code.trim() } : {}) }).catch((error: unknown) => {
      if (needsCode(error)) setAsked(true);
      else setFailure(error);
      setBusy(false);
    });
  };
  return (
    <Box component="form" onSubmit={send} sx={{ display: 'grid', gap: 2, maxWidth: 440, mt: 2 }}>
      <PasswordField label="Your password" value={currentPassword} onChange={setPassword} autoComplete="current-password" />
      {asked && <CodeField value={code} onChange={setCode} />}
      {failure !== null && (
        <Alert severity="error" role="alert">
          <Message error={failure} />
        </Alert>
      )}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" color={danger ? 'error' : 'primary'} disabled={busy}>
          {submit}
        </Button>
        <Button color="inherit" onClick={onCancel}>
          Cancel
        </Button>
      </Box>
    </Box>
  );
}

/** The own identity at the provider, and whether there is a password as well. */
export function useOwnIdentity(): IdentityAnswer | undefined {
  return useQuery({
    queryKey: ['session', 'identity'],
    queryFn: async ({ signal }) => (await api<IdentityAnswer>('GET', 'session/identity', { signal })).body,
  }).data;
}

/** Links the own account with an identity at the provider, and unlinks it. */
export function IdentityPanel() {
  const [params, setParams] = useSearchParams();
  const notify = useNotify();
  const refresh = useRefreshAll();
  const label = useStatus().data?.identityProvider?.label;
  const answer = useOwnIdentity();
  const [open, setOpen] = useState(false);
  const data = answer?.identity ?? null;
  if (!answer || (!label && !data)) return null;
  const outcome = params.get('provider');
  const failed = outcomeText(outcome, label ?? 'The identity provider');
  const forget = () => setParams({}, { replace: true });
  const prove = async (proof: IdentityProof) => {
    if (!data) return leaveFor('session/identity', proof);
    await api<Session>('POST', 'session/identity/remove', { body: proof });
    setOpen(false);
    notify('Your identity is unlinked. Your other sessions have ended.', { type: 'success' });
    await refresh();
  };
  return (
    <Panel
      title={label ? `Sign-in with ${label}` : 'Identity provider'}
      lead="A way in that is bound to your identity there, not to your name or e-mail address."
    >
      {failed && (
        <Alert severity="error" role="alert" onClose={forget} sx={{ mb: 2 }}>
          {failed}
        </Alert>
      )}
      {outcome === 'linked' && data && (
        <Alert severity="success" role="status" onClose={forget} sx={{ mb: 2 }}>
          Your account is linked. From now on you can sign in with {label}.
        </Alert>
      )}
      {data && <IdentityFacts identity={data} />}
      {!answer.password && <Typography sx={{ mt: 1 }}>There is no other way in, so you cannot unlink it; an owner can.</Typography>}
      {answer.password && open && (
        <Proof submit={data ? 'Unlink' : `Go on to ${label}`} danger={data !== null} onProof={prove} onCancel={() => setOpen(false)} />
      )}
      {answer.password && !open && (
        <Box sx={{ mt: data ? 2 : 0 }}>
          <Button variant={data ? 'outlined' : 'contained'} color={data ? 'warning' : 'primary'} onClick={() => setOpen(true)}>
            {data ? 'Unlink' : `Link with ${label}`}
          </Button>
        </Box>
      )}
    </Panel>
  );
}
