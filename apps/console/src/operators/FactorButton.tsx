import { Button } from '@mui/material';
import { useState } from 'react';
import { Can } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { useSaved } from '../kit/write.tsx';
import { api, rowPath } from '../providers/client.ts';
import type { Operator } from './OperatorState.tsx';

/** Takes the second factor, passkeys and all, away from an operator who has lost it. */
export function FactorButton({ row }: { row: Operator }) {
  const [open, setOpen] = useState(false);
  const saved = useSaved();
  const { id, version, secondFactorAt, passkeys } = row;
  if (!secondFactorAt && !passkeys) return null;
  const remove = async (reason: string) => {
    const { revision } = await api('PATCH', rowPath('operators', id), { body: { secondFactor: false }, version, reason });
    saved(`Took away the second factor of ${id}.`, { revision });
  };
  return (
    <Can permission="licet.operator:update">
      <Button variant="outlined" color="warning" onClick={() => setOpen(true)}>
        Remove second factor
      </Button>
      {open && (
        <ConfirmDialog
          title={`Remove the second factor of ${id}?`}
          confirm="Remove it"
          danger
          onConfirm={remove}
          onClose={() => setOpen(false)}
        >
          {lost(row)} From now on the password of <Code>{id}</Code> is enough to sign in, until a second factor is set up again. Make sure
          that it is really <Code>{id}</Code> who asks for this.
        </ConfirmDialog>
      )}
    </Can>
  );
}

function lost({ secondFactorAt, passkeys }: Operator): string {
  const parts = [
    ...(passkeys ? [passkeys === 1 ? 'the passkey' : `all ${passkeys} passkeys`] : []),
    ...(secondFactorAt ? ['the authenticator app'] : []),
  ];
  return `This removes ${[...parts, 'the recovery codes'].join(', ')}.`;
}
