import { Chip } from '@mui/material';

export function EnabledMark({ enabled }: { enabled: boolean }) {
  return enabled ? (
    <Chip size="small" color="success" variant="outlined" label="Enabled" />
  ) : (
    <Chip size="small" color="error" variant="outlined" label="Disabled" />
  );
}
