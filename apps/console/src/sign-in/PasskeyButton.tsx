import PasskeyIcon from '@mui/icons-material/FingerprintOutlined';
import type { PasskeyAnswer } from '@licet/contract';
import { Button, Divider } from '@mui/material';
import { useState } from 'react';
import { passkeysSupported, signWithPasskey } from '../providers/passkeys.ts';

interface Props {
  label: string;
  disabled: boolean;
  onSigned: (passkey: PasskeyAnswer) => Promise<unknown>;
  onFailure: (error: unknown) => void;
}

/** The other way to show who is there, where the browser has it. */
export function PasskeyButton({ label, disabled, onSigned, onFailure }: Props) {
  const [busy, setBusy] = useState(false);
  if (!passkeysSupported()) return null;
  const use = () => {
    setBusy(true);
    onFailure(null);
    signWithPasskey()
      .then(onSigned)
      .catch((error: unknown) => {
        onFailure(error);
        setBusy(false);
      });
  };
  return (
    <>
      <Divider sx={{ color: 'text.secondary', fontSize: 13 }}>or</Divider>
      <Button variant="outlined" size="large" startIcon={<PasskeyIcon />} onClick={use} disabled={busy || disabled}>
        {label}
      </Button>
    </>
  );
}
