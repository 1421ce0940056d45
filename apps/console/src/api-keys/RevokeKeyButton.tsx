import { Button } from '@mui/material';
import { useState } from 'react';
import { Can } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { deleteRow, useSaved } from '../kit/write.tsx';
import { isUsable, type ApiKey } from './KeyState.tsx';

/** Revokes a key for good. */
export function RevokeKeyButton({ row }: { row: ApiKey }) {
  const [open, setOpen] = useState(false);
  const saved = useSaved();
  if (!isUsable(row)) return null;
  const revoke = async (reason: string) => saved(`Revoked the key ${row.name}.`, await deleteRow('api-keys', row, null, reason));
  return (
    <Can permission="licet.api-key:delete">
      <Button size="small" color="error" variant="outlined" onClick={() => setOpen(true)} aria-label={`Revoke the key ${row.name}`}>
        Revoke
      </Button>
      {open && (
        <ConfirmDialog title={`Revoke the key ${row.name}?`} confirm="Revoke" danger onConfirm={revoke} onClose={() => setOpen(false)}>
          Whoever uses the key <Code>lct_{row.id}_…</Code> is turned away from now on. An application that holds a copy of the policy goes
          on deciding by it, but learns of no further change. This cannot be undone: make a new key instead.
        </ConfirmDialog>
      )}
    </Can>
  );
}
