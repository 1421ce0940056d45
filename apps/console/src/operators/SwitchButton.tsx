import { Button } from '@mui/material';
import { useState } from 'react';
import { Can } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { updateRow, useSaved } from '../kit/write.tsx';
import { KeysMade } from './KeysMade.tsx';
import type { Operator } from './OperatorState.tsx';

/** Shuts an operator out of the console at once, or lets one in again. */
export function SwitchButton({ row }: { row: Operator }) {
  const [open, setOpen] = useState(false);
  const saved = useSaved();
  const { id, enabled } = row;
  const verb = enabled ? 'Disable' : 'Enable';
  const change = async (reason: string) =>
    saved(`${verb}d the operator ${id}.`, await updateRow('operators', row, { enabled: !enabled }, reason));
  return (
    <Can permission="licet.operator:update">
      <Button variant="outlined" color={enabled ? 'warning' : 'primary'} onClick={() => setOpen(true)}>
        {verb}
      </Button>
      {open && (
        <ConfirmDialog
          title={`${verb} the operator ${id}?`}
          confirm={`${verb} the operator`}
          danger={enabled}
          onConfirm={change}
          onClose={() => setOpen(false)}
        >
          {enabled ? (
            <>
              <Code>{id}</Code> is signed out everywhere at once and cannot come in any more. What applications allow this user stays as it
              is: to take that away too, disable the user.
              <KeysMade by={id} />
            </>
          ) : (
            <>
              <Code>{id}</Code> may sign in again, with the password and the roles as they were.
            </>
          )}
        </ConfirmDialog>
      )}
    </Can>
  );
}
