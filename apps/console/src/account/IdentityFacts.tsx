import type { Identity } from '@licet/contract';
import { Box } from '@mui/material';
import { Code } from '../kit/Code.tsx';
import { Time } from '../kit/Time.tsx';

/** Whom the identity provider knows an operator as. */
export function IdentityFacts({ identity: { issuer, subject, linkedAt } }: { identity: Identity }) {
  return (
    <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
      <Code>{subject}</Code> at <Code>{issuer}</Code>, since <Time at={linkedAt} />
    </Box>
  );
}
