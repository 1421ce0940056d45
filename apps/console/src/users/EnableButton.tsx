import type { CollectionRow } from '@licet/contract';
import { Button } from '@mui/material';
import { useState } from 'react';
import { Can } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { updateRow, useSaved } from '../kit/write.tsx';

/** Takes all access away from a user at once, or gives it back; nothing that is assigned is lost by it. */
export function EnableButton({ row }: { row: CollectionRow<'users'> }) {
  const [open, setOpen] = useState(false);
  const saved = useSaved();
  const { id, enabled } = row;
  const verb = enabled ? 'Disable' : 'Enable';
  const change = async (reason: string) => saved(`${verb}d the user ${id}.`, await updateRow('users', row, { enabled: !enabled }, reason));
  return (
    <Can permission="licet.user:update">
      <Button variant="outlined" color={enabled ? 'warning' : 'primary'} onClick={() => setOpen(true)}>
        {verb}
      </Button>
      {open && (
        <ConfirmDialog
          title={`${verb} the user ${id}?`}
          confirm={`${verb} the user`}
          danger={enabled}
          onConfirm={change}
          onClose={() => setOpen(false)}
        >
          {enabled ? (
            <>
              <Code>{id}</Code> is denied everything from now on, whatever is granted. Assignments and groups stay as they are.
            </>
          ) : (
            <>
              <Code>{id}</Code> may again do what the assigned roles allow.
            </>
          )}
        </ConfirmDialog>
      )}
    </Can>
  );
}
