import { Alert, Typography } from '@mui/material';
import { useEffect } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Door } from './Door.tsx';
import { outcomeText, tellProven, useStatus } from './provider.ts';

/** Where the tab ends up in which an operator showed the identity provider who is there; the work goes on in the tab before it. */
export function ProviderProof() {
  const [params] = useSearchParams();
  const label = useStatus().data?.identityProvider?.label ?? 'The identity provider';
  const outcome = params.get('provider');
  const proven = outcome === 'proven';
  useEffect(() => {
    if (proven) tellProven();
  }, [proven]);
  return (
    <Door title={proven ? 'It is you' : 'Not confirmed'}>
      {proven ? (
        <Typography>Go on in the tab in which you were at work; this one can be closed.</Typography>
      ) : (
        <Alert severity="error" role="alert">
          {outcomeText(outcome, label) ?? 'Nothing was confirmed. Close this tab and begin again.'}
        </Alert>
      )}
    </Door>
  );
}
