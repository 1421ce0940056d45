import type { PasskeyAnswer } from '@licet/contract';
import { Alert, Box, Button, Link, TextField } from '@mui/material';
import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Refusal } from '../kit/Failure.tsx';
import { useSubmit } from '../kit/useSubmit.ts';
import { chooseByLink } from '../providers/authProvider.ts';
import { api } from '../providers/client.ts';
import { CodeField } from './CodeField.tsx';
import { Door, enter } from './Door.tsx';
import { PasskeyButton } from './PasskeyButton.tsx';
import { NewPassword, useNewPassword } from './NewPassword.tsx';
import { ProviderButton } from './ProviderButton.tsx';

/** Chooses the password by a one-time link, of an invitation or after the old one was lost. */
export function UseLink() {
  const [params] = useSearchParams();
  const [token, user] = [params.get('token') ?? '', params.get('user') ?? ''];
  const password = useNewPassword();
  const [code, setCode] = useState('');
  const send = () => chooseByLink({ token, password: password.value, ...(code.trim() ? { code: code.trim() } : {}) }).then(enter);
  const { busy, codeAsked, failure, fail, faultOf, submit } = useSubmit(send, password.check);
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
        <NewPassword state={password} fault={faultOf('password')} />
        {codeAsked && <CodeField value={code} onChange={setCode} />}
        <Refusal error={failure} />
        <Button type="submit" variant="contained" size="large" disabled={busy}>
          Choose and sign in
        </Button>
        {codeAsked && <PasskeyButton label="Use a passkey instead" disabled={busy} onSigned={withPasskey} onFailure={fail} />}
      </Box>
      <ProviderButton request={{ token }} text={(label) => `Use ${label} instead`} />
    </Door>
  );
}
