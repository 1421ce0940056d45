import type { ProviderStart } from '@licet/contract';
import { Alert, Box, Button, Divider } from '@mui/material';
import { useState } from 'react';
import { Message } from '../kit/Words.tsx';
import { leaveFor, useStatus } from './provider.ts';

interface Props {
  request?: ProviderStart;
  text?: (label: string) => string;
}

/** The way in by the identity provider, where there is one; also for taking up an invitation. */
export function ProviderButton({ request = {}, text = (label) => `Sign in with ${label}` }: Props) {
  const label = useStatus().data?.identityProvider?.label;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  if (!label) return null;
  const leave = () => {
    setBusy(true);
    setFailure(null);
    leaveFor('session/oidc', request).catch((error: unknown) => {
      setFailure(error);
      setBusy(false);
    });
  };
  return (
    <Box sx={{ display: 'grid', gap: 2, mt: 2 }}>
      <Divider sx={{ color: 'text.secondary', fontSize: 13 }}>or</Divider>
      {failure !== null && (
        <Alert severity="error" role="alert">
          <Message error={failure} />
        </Alert>
      )}
      <Button variant="outlined" size="large" onClick={leave} disabled={busy}>
        {text(label)}
      </Button>
    </Box>
  );
}
