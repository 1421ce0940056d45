import type { ProviderStart } from '@licet/contract';
import { Box, Button, Divider } from '@mui/material';
import { Refusal } from '../kit/Failure.tsx';
import { useSubmit } from '../kit/useSubmit.ts';
import { leaveFor, useStatus } from './provider.ts';

interface Props {
  request?: ProviderStart;
  text?: (label: string) => string;
}

/** The way in by the identity provider, where there is one; also for taking up an invitation. */
export function ProviderButton({ request = {}, text = (label) => `Sign in with ${label}` }: Props) {
  const label = useStatus().data?.identityProvider?.label;
  const { busy, failure, submit } = useSubmit(() => leaveFor('session/oidc', request));
  if (!label) return null;
  return (
    <Box sx={{ display: 'grid', gap: 2, mt: 2 }}>
      <Divider sx={{ color: 'text.secondary', fontSize: 13 }}>or</Divider>
      <Refusal error={failure} />
      <Button variant="outlined" size="large" onClick={submit} disabled={busy}>
        {text(label)}
      </Button>
    </Box>
  );
}
