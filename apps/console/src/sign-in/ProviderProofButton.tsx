import type { ProviderAddress } from '@licet/contract';
import { Button, Divider } from '@mui/material';
import { useEffect, useState } from 'react';
import { api } from '../providers/client.ts';
import { onProven, useStatus } from './provider.ts';

interface Props {
  code: string;
  disabled: boolean;
  onProven: () => void;
  onFailure: (error: unknown) => void;
}

/** Shows who is there at the identity provider, in a tab of its own: nothing that waits here is left. */
export function ProviderProofButton({ code, disabled, onProven: done, onFailure }: Props) {
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
      <Divider sx={{ color: 'text.secondary', fontSize: 13 }}>or</Divider>
      <Button variant="outlined" size="large" onClick={leave} disabled={disabled}>
        {away ? `Waiting for ${label}. Again` : `Confirm with ${label}`}
      </Button>
    </>
  );
}
