import type { IdentityAnswer, IdentityProof, Session } from '@licet/contract';
import { Alert, Box, Button, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNotify } from 'react-admin';
import { useSearchParams } from 'react-router-dom';
import { Panel } from '../kit/ShowPage.tsx';
import { Message } from '../kit/Words.tsx';
import { useRefreshAll } from '../kit/write.tsx';
import { api } from '../providers/client.ts';
import { signWithPasskey } from '../providers/passkeys.ts';
import { leaveFor, outcomeText, useStatus } from '../sign-in/provider.ts';
import { IdentityFacts } from './IdentityFacts.tsx';
import { Proof } from './Proof.tsx';

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
  const [failure, setFailure] = useState<unknown>(null);
  const data = answer?.identity ?? null;
  if (!answer || (!label && !data)) return null;
  const another = answer.password || answer.passkeys > 0;
  const outcome = params.get('provider');
  const failed = outcomeText(outcome, label ?? 'The identity provider');
  const forget = () => setParams({}, { replace: true });
  const byPassword = ({ currentPassword, code }: { currentPassword: string; code: string }) =>
    prove({ currentPassword, ...(code ? { code } : {}) });
  const byPasskey = () => {
    setFailure(null);
    signWithPasskey()
      .then((passkey) => prove({ passkey }))
      .catch(setFailure);
  };
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
          Your account is linked. From now on you can sign in with {label}. Your other sessions have ended.
        </Alert>
      )}
      {data && <IdentityFacts identity={data} />}
      {failure !== null && (
        <Alert severity="error" role="alert" sx={{ mt: 2 }}>
          <Message error={failure} />
        </Alert>
      )}
      {!another && <Typography sx={{ mt: 1 }}>There is no other way in, so you cannot unlink it; an owner can.</Typography>}
      {another && open && (
        <Box sx={{ mt: 2 }}>
          <Proof
            submit={data ? 'Unlink' : `Go on to ${label}`}
            danger={data !== null}
            onProof={byPassword}
            onCancel={() => setOpen(false)}
          />
        </Box>
      )}
      {another && !open && (
        <Box sx={{ mt: data ? 2 : 0 }}>
          <Button
            variant={data ? 'outlined' : 'contained'}
            color={data ? 'warning' : 'primary'}
            onClick={answer.password ? () => setOpen(true) : byPasskey}
          >
            {data ? 'Unlink' : `Link with ${label}`}
            {!answer.password && ' with a passkey'}
          </Button>
        </Box>
      )}
    </Panel>
  );
}
