import DeleteIcon from '@mui/icons-material/DeleteOutlined';
import type { CollectionName, ReservedPermission } from '@licet/contract';
import { Button } from '@mui/material';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router-dom';
import { Can } from './access.tsx';
import { ConfirmDialog } from './ConfirmDialog.tsx';
import { deleteRow, useSaved } from './write.tsx';

interface Props {
  resource: CollectionName;
  permission: ReservedPermission;
  row: { id: string; version?: number };
  noun: string;
  /** What goes with it, and what stops it. */
  children: ReactNode;
  name?: string;
}

/** Deletes a row after a question that says what follows. What is still in use the server refuses, and says what uses it. */
export function DeleteButton({ resource, permission, row, noun, children, name = row.id }: Props) {
  const [open, setOpen] = useState(false);
  const saved = useSaved();
  const navigate = useNavigate();
  const remove = async (reason: string) => {
    const done = await deleteRow(resource, row, null, reason);
    navigate(`/${resource}`);
    saved(`Deleted the ${noun} ${name}.`, done);
  };
  return (
    <Can permission={permission}>
      <Button color="error" variant="outlined" startIcon={<DeleteIcon />} onClick={() => setOpen(true)}>
        Delete
      </Button>
      {open && (
        <ConfirmDialog
          title={`Delete the ${noun} ${name}?`}
          confirm={`Delete the ${noun}`}
          danger
          onConfirm={remove}
          onClose={() => setOpen(false)}
        >
          {children}
        </ConfirmDialog>
      )}
    </Can>
  );
}
