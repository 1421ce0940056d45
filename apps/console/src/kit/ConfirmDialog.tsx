import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useId, useState, type ReactNode } from 'react';
import { Refusal } from './Failure.tsx';
import { ReasonField } from './ReasonInput.tsx';
import { useSubmit } from './useSubmit.ts';

interface Props {
  title: string;
  children: ReactNode;
  /** Names the effect: `Revoke`, `Delete the role`. */
  confirm: string;
  danger?: boolean;
  onConfirm: (reason: string) => Promise<unknown>;
  onClose: () => void;
  disabled?: boolean;
}

/** Asks before a write, takes the reason, and stays open with the server's words when the write is refused. */
export function ConfirmDialog({ title, children, confirm, danger = false, onConfirm, onClose, disabled = false }: Props) {
  const id = useId();
  const [reason, setReason] = useState('');
  const { busy, failure, submit } = useSubmit(() => onConfirm(reason).then(onClose));
  return (
    <Dialog open onClose={busy ? undefined : onClose} aria-labelledby={id}>
      <Box component="form" onSubmit={submit} noValidate>
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2 }}>
          <Box>{children}</Box>
          <ReasonField value={reason} onChange={setReason} />
          <Refusal error={failure} />
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={busy}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" color={danger ? 'error' : 'primary'} disabled={busy || disabled}>
            {confirm}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}
