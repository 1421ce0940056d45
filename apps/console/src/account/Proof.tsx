import { Alert, Box, Button, TextField } from '@mui/material';
import { useState, type FormEvent } from 'react';
import { Message } from '../kit/Words.tsx';
import { CodeField, needsCode } from '../sign-in/CodeField.tsx';
import { PasswordField } from '../sign-in/PasswordField.tsx';

interface Props {
  submit: string;
  danger?: boolean;
  /** What the code is called where one is asked for from the start. Absent: it is asked for when it turns out to be needed. */
  codeLabel?: string;
  onProof: (proof: { currentPassword: string; code: string }) => Promise<void>;
  onCancel: () => void;
}

/** What ends with the password, and a code: who asks for a way in, or takes one away, shows the present one. */
export function Proof({ submit, danger = false, codeLabel, onProof, onCancel }: Props) {
  const [currentPassword, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    onProof({ currentPassword, code: code.trim() }).catch((error: unknown) => {
      if (needsCode(error)) setAsked(true);
      else setFailure(error);
      setBusy(false);
    });
  };
  return (
    <Box component="form" onSubmit={send} sx={{ display: 'grid', gap: 2, maxWidth: 440 }}>
      <PasswordField label="Your password" value={currentPassword} onChange={setPassword} autoComplete="current-password" />
      {codeLabel !== undefined && (
        <TextField
          label={codeLabel}
          value={code}
          onChange={(event) => setCode(event.target.value)}
          autoComplete="one-time-code"
          required
          fullWidth
          slotProps={{ htmlInput: { inputMode: 'numeric' } }}
        />
      )}
      {asked && <CodeField value={code} onChange={setCode} />}
      {failure !== null && (
        <Alert severity="error" role="alert">
          <Message error={failure} />
        </Alert>
      )}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" color={danger ? 'error' : 'primary'} disabled={busy}>
          {submit}
        </Button>
        <Button color="inherit" onClick={onCancel}>
          Cancel
        </Button>
      </Box>
    </Box>
  );
}
