import { Alert, Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Page } from '../kit/Page.tsx';
import { readSession } from '../providers/authProvider.ts';
import { PasskeysPanel } from './PasskeysPanel.tsx';
import { SecondFactorPanel } from './SecondFactorPanel.tsx';

/** In place of every page while an operator has to set up a second factor. It stays until the operator leaves it: the recovery codes are shown here. */
export function FactorDue() {
  const { data } = useQuery({ queryKey: ['session', 'second factor due'], queryFn: async () => (await readSession()).secondFactorDue });
  return (
    <Page
      title="Set up a second factor"
      lead="This Licet asks every operator for more than a password. Add a passkey or an authenticator app: one of them is enough."
    >
      {data === false && (
        <Alert
          severity="success"
          role="status"
          action={
            // What the page knows of the session is asked once when it is loaded.
            <Button color="inherit" onClick={() => window.location.reload()}>
              Open the console
            </Button>
          }
        >
          Your second factor is set up. Keep the recovery codes before you go on.
        </Alert>
      )}
      <PasskeysPanel />
      <SecondFactorPanel />
    </Page>
  );
}
