import type { CollectionRow } from '@licet/contract';
import { Box, Button, MenuItem, TextField } from '@mui/material';
import { useState } from 'react';
import { Can } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { useSaved } from '../kit/write.tsx';
import { api, rowPath } from '../providers/client.ts';
import { isUsable, type ApiKey } from './KeyState.tsx';

const HOUR = 3_600_000;
const OVERLAPS = [
  { label: 'at once', ms: 0 },
  { label: 'in an hour', ms: HOUR },
  { label: 'in a day', ms: 24 * HOUR },
  { label: 'in a week', ms: 7 * 24 * HOUR },
];

/** Makes a new key for the same application, and lets the old one end at a moment that is chosen here. */
export function RotateKeyButton({ row, onMade }: { row: ApiKey; onMade: (made: { name: string; secret: string }) => void }) {
  const [open, setOpen] = useState(false);
  const [overlap, setOverlap] = useState(24 * HOUR);
  const saved = useSaved();
  if (!isUsable(row)) return null;
  const rotate = async (reason: string) => {
    const body = { oldUntil: new Date(Date.now() + overlap).toISOString() };
    const answer = await api<CollectionRow<'api-keys'> & { secret: string }>('POST', `${rowPath('api-keys', row.id)}/rotate`, {
      body,
      version: row.version,
      reason,
    });
    saved(`Made a new key for ${row.name}.`, { revision: answer.revision });
    onMade(answer.body);
  };
  return (
    <Can permission="licet.api-key:update">
      <Button size="small" variant="outlined" onClick={() => setOpen(true)} aria-label={`Rotate the key ${row.name}`}>
        Rotate
      </Button>
      {open && (
        <ConfirmDialog title={`Rotate the key ${row.name}?`} confirm="Make the new key" onConfirm={rotate} onClose={() => setOpen(false)}>
          <Box sx={{ display: 'grid', gap: 2 }}>
            <span>
              The new key may do what <Code>lct_{row.id}_…</Code> may do, and is shown once. Until the old one ends, both are taken. If the
              old one has leaked, let it end at once.
            </span>
            <TextField
              select
              id="overlap"
              label="The old key ends"
              value={overlap}
              onChange={(event) => setOverlap(Number(event.target.value))}
              {...(row.expiresAt ? { helperText: 'Or earlier, where it would have ended anyway.' } : {})}
            >
              {OVERLAPS.map(({ label, ms }) => (
                <MenuItem key={ms} value={ms}>
                  {label}
                </MenuItem>
              ))}
            </TextField>
          </Box>
        </ConfirmDialog>
      )}
    </Can>
  );
}
