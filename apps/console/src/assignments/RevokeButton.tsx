import { Button } from '@mui/material';
import { useState } from 'react';
import { Can } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { deleteRow, useSaved } from '../kit/write.tsx';
import type { Assignment } from './columns.tsx';
import { Terms } from './Terms.tsx';

/** Revokes an assignment, after a question that takes the reason. The undo assigns the same again. */
export function RevokeButton({ row, size = 'small', onRevoked }: { row: Assignment; size?: 'small' | 'medium'; onRevoked?: () => void }) {
  const [open, setOpen] = useState(false);
  const saved = useSaved();
  const { user, group, role, tenant, resource, startsAt, expiresAt, reason: given } = row;
  const grantee = user ?? group ?? '';
  const revoke = async (reason: string) => {
    const again = { ...(user ? { user } : { group }), role, tenant, resource, startsAt, expiresAt, reason: given };
    const done = await deleteRow('assignments', row, again, reason);
    onRevoked?.();
    saved(`Revoked ${role} from ${grantee}.`, done);
  };
  return (
    <Can permission="licet.assignment:delete">
      <Button size={size} color="error" variant="outlined" onClick={() => setOpen(true)} aria-label={`Revoke ${role} from ${grantee}`}>
        Revoke
      </Button>
      {open && (
        <ConfirmDialog title={`Revoke ${role} from ${grantee}?`} confirm="Revoke" danger onConfirm={revoke} onClose={() => setOpen(false)}>
          <Code>{grantee}</Code> {group ? 'and all its members lose' : 'loses'} the role <Terms row={row} />. Connected applications follow
          at once.
        </ConfirmDialog>
      )}
    </Can>
  );
}
