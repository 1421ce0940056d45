import type { IdentityAnswer, PasskeyAnswer, Session } from '@licet/contract';
import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { Refusal } from '../kit/Failure.tsx';
import { useSubmit } from '../kit/useSubmit.ts';
import { api } from '../providers/client.ts';
import { CodeField } from '../sign-in/CodeField.tsx';
import { PasskeyButton } from '../sign-in/PasskeyButton.tsx';
import { PasswordField } from '../sign-in/PasswordField.tsx';
import { ProviderProofButton } from '../sign-in/ProviderProofButton.tsx';

type Proof = { passkey: PasskeyAnswer } | { password: string; code?: string };

/** Asks who is there before a privileged act. What was being done stays as it is behind it, and goes on afterwards. */
export function StepUpDialog({ onDone }: { onDone: (proven: boolean) => void }) {
  const { data } = useQuery({
    queryKey: ['session', 'step-up'],
    queryFn: async () => (await api<Session>('GET', 'session', { proves: true })).body,
    gcTime: 0,
    retry: false,
  });
  const { data: own } = useQuery({
    queryKey: ['session', 'step-up', 'identity'],
    queryFn: async () => (await api<IdentityAnswer>('GET', 'session/identity', { proves: true })).body,
    gcTime: 0,
    retry: false,
  });
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const proven = useCallback(() => onDone(true), [onDone]);
  const prove = async (proof: Proof) => {
    await api<Session>('POST', 'session/step-up', { body: proof, reads: true, proves: true });
    onDone(true);
  };
  const { busy, codeAsked, failure, fail, faultOf, submit } = useSubmit(() =>
    prove({ password, ...(code.trim() ? { code: code.trim() } : {}) }),
  );
  const wrong = faultOf('password') !== null;
  return (
    <Dialog open onClose={() => onDone(false)} maxWidth="xs" fullWidth aria-labelledby="step-up">
      <Box component="form" onSubmit={submit}>
        <DialogTitle id="step-up">Confirm it is you</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2 }}>
          <Box>What you are about to do needs a proof from the last ten minutes. Nothing that you entered is lost.</Box>
          {/* For password managers, which look for the account that the password belongs to. */}
          <input type="text" name="username" autoComplete="username" value={data?.user.id ?? ''} readOnly hidden />
          {own?.password !== false && (
            <PasswordField
              label="Your password"
              value={password}
              onChange={setPassword}
              autoComplete="current-password"
              autoFocus
              error={wrong}
              helper={wrong ? 'This is not the password of your account' : undefined}
            />
          )}
          {codeAsked && <CodeField value={code} onChange={setCode} />}
          <Refusal error={wrong ? null : failure} />
          {data && data.passkeys > 0 && (
            <PasskeyButton label="Use a passkey" disabled={busy} onSigned={(passkey) => prove({ passkey })} onFailure={fail} />
          )}
          {own?.identity && (
            <ProviderProofButton alone={!own.password && !data?.passkeys} code={code} disabled={busy} onProven={proven} onFailure={fail} />
          )}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={() => onDone(false)}>
            Cancel
          </Button>
          {own?.password !== false && (
            <Button type="submit" variant="contained" disabled={busy}>
              Confirm
            </Button>
          )}
        </DialogActions>
      </Box>
    </Dialog>
  );
}
