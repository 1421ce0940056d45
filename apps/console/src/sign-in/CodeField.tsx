import { TextField } from '@mui/material';

/** The code of an authenticator app, or a recovery code. It appears once the password was right. */
export function CodeField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <TextField
      label="Code"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      autoComplete="one-time-code"
      required
      fullWidth
      autoFocus
      helperText="Of your authenticator app; or one of your recovery codes."
    />
  );
}
