import { Alert, Box, Button } from '@mui/material';
import { CodeBlock } from '../kit/Copyable.tsx';
import { ShownOnce } from '../kit/ShownOnce.tsx';

/** New recovery codes, which are shown once. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const text = codes.join('\n');
  return (
    <ShownOnce secret={text} what="the recovery codes" loss="Without a code, whoever loses the second factor cannot sign in.">
      {(kept) => (
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          <Alert severity="warning">
            These recovery codes are shown now only. Each signs you in once, with your password, when you have neither your authenticator
            app nor a passkey at hand. Keep them apart from your password.
          </Alert>
          <CodeBlock text={text} what="Recovery codes" />
          <Box>
            <Button
              variant="contained"
              onClick={() => {
                kept();
                onDone();
              }}
            >
              I have kept them
            </Button>
          </Box>
        </Box>
      )}
    </ShownOnce>
  );
}
