import type { ProviderAddress } from '@licet/contract';
import { Box, Button, Divider } from '@mui/material';
import { useEffect, useState } from 'react';
import { api } from '../providers/client.ts';
import { onProven, useStatus } from './provider.ts';

interface Props {
  /** The only way there is. */
  alone: boolean;
  code: string;
  disabled: boolean;
  onProven: () => void;
  onFailure: (error: unknown) => void;
}

/** Shows who is there at the identity provider, in a tab of its own: nothing that waits here is left. */
export function ProviderProofButton({ alone, code, disabled, onProven: done, onFailure }: Props) {
  const label = useStatus().data?.identityProvider?.label;
  const [away, setAway] = useState(false);
  useEffect(() => (away ? onProven(done) : undefined), [away, done]);
  if (!label) return null;
  const leave = () => {
    onFailure(null);
    // Opened by the click itself: browsers keep back what is opened later.
    const tab = window.open('', '_blank');
    const body = code.trim() ? { code: code.trim() } : {};
    api<ProviderAddress>('POST', 'session/step-up/oidc', { body, reads: true, proves: true }).then(
      ({ body: { url } }) => {
        setAway(true);
        if (tab) tab.location.href = url;
        else location.assign(url);
      },
      (error: unknown) => {
        tab?.close();
        onFailure(error);
      },
    );
  };
  return (
    <>
      {!alone && <Divider sx={{ color: 'text.secondary', fontSize: 13 }}>or</Divider>}
      <Button variant={alone ? 'contained' : 'outlined'} size="large" onClick={leave} disabled={disabled}>
        {away ? `Open ${label} again` : `Confirm with ${label}`}
      </Button>
      <Box role="status" sx={{ color: 'text.secondary', fontSize: 13 }}>
        {away ? `Waiting for ${label} in the other tab.` : 'It opens in another tab; this one waits.'}
      </Box>
    </>
  );
}
