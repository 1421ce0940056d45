import type { OperatorLink } from '@licet/contract';
import { Button, Dialog, DialogContent, DialogTitle } from '@mui/material';
import { useState } from 'react';
import { Can } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { useRefreshAll } from '../kit/write.tsx';
import { api, rowPath } from '../providers/client.ts';
import { LinkOnce } from './LinkOnce.tsx';
import type { Operator } from './OperatorState.tsx';

/** Makes a one-time link: of an invitation once more, or for an operator who has lost the password. */
export function LinkButton({ row }: { row: Operator }) {
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<OperatorLink | null>(null);
  const refresh = useRefreshAll();
  const { id, state } = row;
  if (state === 'disabled') return null;
  const label = state === 'invited' ? 'Invite again' : 'Reset password';
  const make = async (reason: string) => {
    const { body } = await api<OperatorLink>('POST', `${rowPath('operators', id)}/link`, { reason });
    setMade(body);
    await refresh();
  };
  return (
    <Can permission="licet.operator:update">
      <Button variant="outlined" onClick={() => setAsking(true)}>
        {label}
      </Button>
      {asking && (
        <ConfirmDialog title={`${label}: ${id}`} confirm="Make the link" onConfirm={make} onClose={() => setAsking(false)}>
          You get a link to hand over. Whoever opens it chooses a new password for <Code>{id}</Code>; until then the present one keeps
          working. A link that was made before stops working.
        </ConfirmDialog>
      )}
      {made && (
        <Dialog open maxWidth="md" fullWidth aria-labelledby="link-made">
          <DialogTitle id="link-made">The link for {id}</DialogTitle>
          <DialogContent sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
            <LinkOnce link={made.link} id={id} expiresAt={made.expiresAt}>
              {(kept) => (
                <Button
                  variant="contained"
                  onClick={() => {
                    kept();
                    setMade(null);
                  }}
                >
                  I have copied it
                </Button>
              )}
            </LinkOnce>
          </DialogContent>
        </Dialog>
      )}
    </Can>
  );
}
