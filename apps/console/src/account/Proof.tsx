import { Box, Button, TextField } from '@mui/material';
import { useState } from 'react';
import { Refusal } from '../kit/Failure.tsx';
import { useSubmit } from '../kit/useSubmit.ts';
import { CodeField } from '../sign-in/CodeField.tsx';
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
export function Proof({ submit: label, danger = false, codeLabel, onProof, onCancel }: Props) {
  const [currentPassword, setPassword] = useState('');
  const [code, setCode] = useState('');
  const { busy, codeAsked, failure, submit } = useSubmit(() => onProof({ currentPassword, code: code.trim() }));
  return (
    <Box component="form" onSubmit={submit} sx={{ display: 'grid', gap: 2, maxWidth: 440 }}>
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
      {codeAsked && <CodeField value={code} onChange={setCode} />}
      <Refusal error={failure} />
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button type="submit" variant="contained" color={danger ? 'error' : 'primary'} disabled={busy}>
          {label}
        </Button>
        <Button color="inherit" onClick={onCancel}>
          Cancel
        </Button>
      </Box>
    </Box>
  );
}
