import { Button } from '@mui/material';
import { useState } from 'react';
import { Can } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { useSaved } from '../kit/write.tsx';
import { api, rowPath } from '../providers/client.ts';
import type { Operator } from './OperatorState.tsx';

/** Takes the identity at the provider away from an operator. */
export function IdentityButton({ row }: { row: Operator }) {
  const [open, setOpen] = useState(false);
  const saved = useSaved();
  const { id, version, identity, passwordChangedAt } = row;
  if (!identity) return null;
  const unlink = async (reason: string) => {
    const { revision } = await api('PATCH', rowPath('operators', id), { body: { identity: false }, version, reason });
    saved(`Unlinked the identity of ${id}.`, { revision });
  };
  return (
    <Can permission="licet.operator:update">
      <Button variant="outlined" color="warning" onClick={() => setOpen(true)}>
        Unlink identity
      </Button>
      {open && (
        <ConfirmDialog title={`Unlink the identity of ${id}?`} confirm="Unlink it" danger onConfirm={unlink} onClose={() => setOpen(false)}>
          <Code>{identity.subject}</Code> at <Code>{identity.issuer}</Code> signs nobody in here any more. All sessions of <Code>{id}</Code>{' '}
          end, and roles that a claim of the provider gave are taken away.
          {!passwordChangedAt && ' There is no password: make a one-time link for another way in.'}
        </ConfirmDialog>
      )}
    </Can>
  );
}
