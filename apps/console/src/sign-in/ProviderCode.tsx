import type { Session } from '@licet/contract';
import { Box, Button, Link } from '@mui/material';
import { useState } from 'react';
import { Refusal } from '../kit/Failure.tsx';
import { useSubmit } from '../kit/useSubmit.ts';
import { api } from '../providers/client.ts';
import { CodeField } from './CodeField.tsx';
import { Door, enter } from './Door.tsx';

/** The second factor of an operator who has come back from the identity provider. */
export function ProviderCode() {
  const [code, setCode] = useState('');
  const { busy, failure, submit } = useSubmit(() =>
    api<Session>('POST', 'session/oidc/code', { body: { code: code.trim() }, reads: true }).then(enter),
  );
  return (
    <Door title="Second factor" lead="Your account here asks for a code besides.">
      <Box component="form" onSubmit={submit} sx={{ display: 'grid', gap: 2 }}>
        <CodeField value={code} onChange={setCode} />
        <Refusal error={failure} />
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
