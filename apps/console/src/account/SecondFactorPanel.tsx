import type { RecoveryCodes as NewCodes, SecondFactorStart } from '@licet/contract';
import { Box, Button, Chip, Typography } from '@mui/material';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { renderSVG } from 'uqr';
import { CodeBlock } from '../kit/Copyable.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { useFailed } from '../kit/write.tsx';
import { readSession } from '../providers/authProvider.ts';
import { api } from '../providers/client.ts';
import { useOwnIdentity } from './IdentityPanel.tsx';
import { Proof } from './Proof.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';

const KEY = ['session', 'second factor'];
const APP_CODE = 'Code of the app';

function Secret({ start, children }: { start: SecondFactorStart; children: ReactNode }) {
  return (
    <Box sx={{ display: 'grid', gap: 2.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Typography>Scan this with an authenticator app, or type the secret into it. Then show a code of the app.</Typography>
      <Box
        role="img"
        aria-label="The secret as a QR code"
        // The text is made here, of the secret alone; it holds nothing that anybody else wrote.
        dangerouslySetInnerHTML={{ __html: renderSVG(start.uri, { border: 2 }) }}
        sx={{ width: 190, bgcolor: '#fff', borderRadius: 1, overflow: 'hidden', '& svg': { display: 'block' } }}
      />
      <CodeBlock text={start.secret} what="The secret" />
      {children}
    </Box>
  );
}

/** Sets up a second factor with an authenticator app, and takes it away. */
export function SecondFactorPanel() {
  const client = useQueryClient();
  const failed = useFailed();
  const own = useOwnIdentity();
  const { data } = useQuery({ queryKey: KEY, queryFn: async () => (await readSession()).secondFactor });
  const [start, setStart] = useState<SecondFactorStart | null>(null);
  const [removing, setRemoving] = useState(false);
  const [codes, setCodes] = useState<string[] | null>(null);
  const settle = () => {
    setStart(null);
    setRemoving(false);
    return client.invalidateQueries(); // the other sessions have ended as well
  };
  const begin = () =>
    api<SecondFactorStart>('POST', 'session/second-factor/start', { body: {} }).then(({ body }) => setStart(body), failed);
  const finish = async (proof: { currentPassword: string; code: string }) => {
    const { body } = await api<NewCodes>('POST', 'session/second-factor', { body: { ...proof, secret: start?.secret } });
    setCodes(body.recoveryCodes);
    await settle();
  };
  const remove = async (proof: { currentPassword: string; code: string }) => {
    await api('POST', 'session/second-factor/remove', { body: proof });
    await settle();
  };
  // It comes after a password, and is set up and taken away with one.
  if (own?.password === false) return null;
  return (
    <Panel
      title="Authenticator app"
      lead="A second factor: codes that an app on your telephone shows, asked for after the password."
      actions={data && !codes && <Chip size="small" color="success" variant="outlined" label="On" />}
    >
      {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />}
      {!codes && start && (
        <Secret start={start}>
          <Proof codeLabel={APP_CODE} submit="Turn on" onProof={finish} onCancel={() => setStart(null)} />
        </Secret>
      )}
      {!codes && removing && <Proof codeLabel={APP_CODE} submit="Turn off" danger onProof={remove} onCancel={() => setRemoving(false)} />}
      {!codes && !start && !removing && data === false && (
        <Button variant="contained" onClick={() => void begin()}>
          Set up an authenticator app
        </Button>
      )}
      {!codes && !start && !removing && data === true && (
        <Button variant="outlined" color="warning" onClick={() => setRemoving(true)}>
          Turn off
        </Button>
      )}
    </Panel>
  );
}
