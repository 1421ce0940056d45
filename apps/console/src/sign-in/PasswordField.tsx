import VisibleIcon from '@mui/icons-material/VisibilityOutlined';
import HiddenIcon from '@mui/icons-material/VisibilityOffOutlined';
import { IconButton, InputAdornment, TextField } from '@mui/material';
import { useState, type ReactNode } from 'react';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: 'current-password' | 'new-password';
  error?: boolean;
  helper?: ReactNode;
  autoFocus?: boolean;
}

/** A password that password managers find, that can be pasted, and shown to check it. */
export function PasswordField({ label, value, onChange, autoComplete, error = false, helper, autoFocus = false }: Props) {
  const [visible, setVisible] = useState(false);
  const end = (
    <InputAdornment position="end">
      <IconButton edge="end" aria-label={visible ? `Hide: ${label}` : `Show: ${label}`} onClick={() => setVisible(!visible)}>
        {visible ? <HiddenIcon fontSize="small" /> : <VisibleIcon fontSize="small" />}
      </IconButton>
    </InputAdornment>
  );
  return (
    <TextField
      label={label}
      type={visible ? 'text' : 'password'}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      autoComplete={autoComplete}
      required
      fullWidth
      error={error}
      helperText={helper}
      autoFocus={autoFocus}
      slotProps={{ input: { endAdornment: end } }}
    />
  );
}
