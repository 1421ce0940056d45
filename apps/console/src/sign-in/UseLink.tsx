import type { PasskeyAnswer } from '@licet/contract';
import { Alert, Box, Button, Link, TextField } from '@mui/material';
import { useState, type FormEvent } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Message } from '../kit/Words.tsx';
import { chooseByLink } from '../providers/authProvider.ts';
import { api } from '../providers/client.ts';
import { CodeField, needsCode } from './CodeField.tsx';
import { Door } from './Door.tsx';
import { PasskeyButton } from './PasskeyButton.tsx';
import { NewPassword, useNewPassword } from './NewPassword.tsx';
import { ProviderButton } from './ProviderButton.tsx';

/** Chooses the password by a one-time link, of an invitation or after the old one was lost. */
export function UseLink() {
  const [params] = useSearchParams();
  const [token, user] = [params.get('token') ?? '', params.get('user') ?? ''];
  const password = useNewPassword();
  const [code, setCode] = useState('');
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setFailure(null);
    if (password.check()) void send();
  };
  const send = () => {
    setBusy(true);
    return chooseByLink({ token, password: password.value, ...(code.trim() ? { code: code.trim() } : {}) }).then(
      () => {
        // The page starts anew with the session cookie, and the token leaves the address bar.
        history.replaceState(null, '', '#/');
        location.reload();
      },
      (error: unknown) => {
        if (needsCode(error)) setAsked(true);
        else setFailure(error);
        setBusy(false);
      },
    );
  };
  // Who has just signed in with a passkey needs no code.
  const withPasskey = (passkey: PasskeyAnswer) => api('POST', 'session/passkey', { body: { passkey } }).then(send);
  if (!token) {
    return (
      <Door title="Choose a password">
        <Alert severity="warning">
          This link has no token. Copy the whole link that you were given; it ends in <code>token=…</code>
        </Alert>
        <Link href="#/login" sx={{ display: 'inline-block', mt: 2 }}>
          Sign in instead
        </Link>
      </Door>
    );
  }
  return (
    <Door title="Choose a password" lead="The link works once. With the password you sign in from now on.">
      <Box component="form" onSubmit={submit} noValidate sx={{ display: 'grid', gap: 2 }}>
        <TextField label="Username" value={user} autoComplete="username" fullWidth slotProps={{ input: { readOnly: true } }} />
        <NewPassword state={password} failure={failure} />
        {asked && <CodeField value={code} onChange={setCode} />}
        {failure !== null && (
          <Alert severity="error" role="alert">
            <Message error={failure} />
          </Alert>
        )}
        <Button type="submit" variant="contained" size="large" disabled={busy}>
          Choose and sign in
        </Button>
        {asked && <PasskeyButton label="Use a passkey instead" disabled={busy} onSigned={withPasskey} onFailure={setFailure} />}
      </Box>
      <ProviderButton request={{ token }} text={(label) => `Use ${label} instead`} />
    </Door>
  );
}
