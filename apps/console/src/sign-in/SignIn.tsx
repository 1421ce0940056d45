import type { PasskeyAnswer } from '@licet/contract';
import { Alert, Box, Button, TextField } from '@mui/material';
import { useState } from 'react';
import { useLogin } from 'react-admin';
import { useSearchParams } from 'react-router-dom';
import { useSubmit } from '../kit/useSubmit.ts';
import { messageOf, Words } from '../kit/Words.tsx';
import { SESSION_ENDED, sessionHasEnded } from '../providers/authProvider.ts';
import { ApiError } from '../providers/client.ts';
import { keptDraft } from '../providers/draft.ts';
import { sentence } from '../providers/failure.ts';
import { CodeField } from './CodeField.tsx';
import { Door } from './Door.tsx';
import { PasskeyButton } from './PasskeyButton.tsx';
import { PasswordField } from './PasswordField.tsx';
import { outcomeText, useStatus } from './provider.ts';
import { ProviderButton } from './ProviderButton.tsx';
import { ProviderCode } from './ProviderCode.tsx';

const words = (error: unknown) => (error instanceof ApiError && error.problem ? sentence(error.problem.detail) : messageOf(error));

/** Signs an operator in, and leads back to the page that was asked for. */
export function SignIn() {
  const [params] = useSearchParams();
  const outcome = params.get('provider');
  return outcome === 'code' ? <ProviderCode /> : <PasswordForm outcome={outcome} />;
}

function PasswordForm({ outcome }: { outcome: string | null }) {
  const login = useLogin();
  const status = useStatus();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const { busy, codeAsked, failure, fail, submit } = useSubmit(() =>
    login({ username: username.trim(), password, ...(code.trim() ? { code: code.trim() } : {}) }),
  );
  const withPasskey = (passkey: PasskeyAnswer) => login({ passkey });
  const came = outcomeText(outcome, status.data?.identityProvider?.label ?? 'The identity provider');
  return (
    <Door title="Sign in" lead="Who may do what, in one place.">
      <Box component="form" onSubmit={submit} sx={{ display: 'grid', gap: 2 }}>
        {status.data?.setupRequired && (
          <Alert severity="info">
            This Licet has no operator yet. Open the set-up link that the server printed when it started; it ends in{' '}
            <code>#/setup?token=…</code>
          </Alert>
        )}
        {sessionHasEnded() && !came && !failure && (
          <Alert severity="warning" role="alert">
            {SESSION_ENDED}{' '}
            {keptDraft() ? 'What you had entered comes back then, unless somebody else signs in.' : 'What had not been saved is lost.'}
          </Alert>
        )}
        {came && !failure && (
          <Alert severity="warning" role="alert">
            {came}
          </Alert>
        )}
        {status.error && !failure && <Alert severity="warning">{messageOf(status.error)}</Alert>}
        <TextField
          label="Username"
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          autoComplete="username"
          required
          fullWidth
          autoFocus
        />
        <PasswordField label="Password" value={password} onChange={setPassword} autoComplete="current-password" />
        {codeAsked && <CodeField value={code} onChange={setCode} />}
        {failure !== null && (
          <Alert severity="error" role="alert">
            <Words text={words(failure)} />
          </Alert>
        )}
        <Button type="submit" variant="contained" size="large" disabled={busy}>
          Sign in
        </Button>
        <PasskeyButton label="Sign in with a passkey" disabled={busy} onSigned={withPasskey} onFailure={fail} />
      </Box>
      <ProviderButton />
    </Door>
  );
}
