import type { Session } from '@licet/contract';
import { Alert, Box, Button, Link } from '@mui/material';
import { useState, type FormEvent } from 'react';
import { Message } from '../kit/Words.tsx';
import { api } from '../providers/client.ts';
import { CodeField } from './CodeField.tsx';
import { Door } from './Door.tsx';

/** The second factor of an operator who has come back from the identity provider. */
export function ProviderCode() {
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    api<Session>('POST', 'session/oidc/code', { body: { code: code.trim() }, reads: true }).then(
      () => {
        history.replaceState(null, '', '#/');
        location.reload();
      },
      (error: unknown) => {
        setFailure(error);
        setBusy(false);
      },
    );
  };
  return (
    <Door title="Second factor" lead="Your account here asks for a code besides.">
      <Box component="form" onSubmit={submit} sx={{ display: 'grid', gap: 2 }}>
        <CodeField value={code} onChange={setCode} />
        {failure !== null && (
          <Alert severity="error" role="alert">
            <Message error={failure} />
          </Alert>
        )}
        <Button type="submit" variant="contained" size="large" disabled={busy}>
          Sign in
        </Button>
        <Link href="#/login" sx={{ justifySelf: 'start' }}>
          Begin again
        </Link>
      </Box>
    </Door>
  );
}
