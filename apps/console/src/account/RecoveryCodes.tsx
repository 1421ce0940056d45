import { Alert, Box, Button } from '@mui/material';
import { CodeBlock } from '../kit/Copyable.tsx';

/** New recovery codes, which are shown once. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Alert severity="warning">
        These recovery codes are shown now only. Each signs you in once, with your password, when you have neither your authenticator app
        nor a passkey at hand. Keep them apart from your password.
      </Alert>
      <CodeBlock text={codes.join('\n')} what="Recovery codes" />
      <Box>
        <Button variant="contained" onClick={onDone}>
          I have kept them
        </Button>
      </Box>
    </Box>
  );
}
