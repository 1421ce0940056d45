import { Box, Button } from '@mui/material';
import { useState } from 'react';
import { Code } from '../kit/Code.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { useRefreshAll, useSaved } from '../kit/write.tsx';
import { api } from '../providers/client.ts';
import { granteeOf, type Assignment } from './columns.tsx';
import { Terms } from './Terms.tsx';

/** So many are named before they are revoked; a longer list nobody reads. */
const NAMED = 12;

/** Revokes the chosen assignments in one change, or none of them, after a question that names them. */
export function RevokeManyButton({ rows, onRevoked }: { rows: readonly Assignment[]; onRevoked: () => void }) {
  // As they are when the question is asked: what changes behind it has not been seen.
  const [asked, setAsked] = useState<readonly Assignment[] | null>(null);
  const saved = useSaved();
  const refresh = useRefreshAll();
  const { length } = asked ?? rows;
  const what = length === 1 ? '1 assignment' : `${length} assignments`;
  const revoke = async (reason: string) => {
    const assignments = (asked ?? []).map(({ id, version }) => ({ id, version }));
    const { revision } = await api('POST', 'assignments/revoke-many', { body: { assignments }, reason }).catch((error: unknown) => {
      void refresh();
      throw error;
    });
    onRevoked();
    saved(`Revoked ${what}.`, { revision });
  };
  return (
    <>
      <Button size="small" color="error" variant="outlined" onClick={() => setAsked(rows)}>
        Revoke {what}
      </Button>
      {asked && (
        <ConfirmDialog title={`Revoke ${what}?`} confirm={`Revoke ${what}`} danger onConfirm={revoke} onClose={() => setAsked(null)}>
          All of them in one change, or none. Connected applications follow at once.
          <Box component="ul" sx={{ my: 1, pl: 2.5 }}>
            {asked.slice(0, NAMED).map((row) => (
              <li key={row.id}>
                <Code>{granteeOf(row)}</Code>
                {row.group && ' and all its members'}: <Terms row={row} />
              </li>
            ))}
            {asked.length > NAMED && <li>and {asked.length - NAMED} more</li>}
          </Box>
        </ConfirmDialog>
      )}
    </>
  );
}
