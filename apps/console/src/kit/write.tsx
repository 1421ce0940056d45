import type { CollectionName, CollectionRow } from '@licet/contract';
import { Box, Button } from '@mui/material';
import { useQueryClient, type Query } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useCloseNotification, useLogoutIfAccessDenied, useNotify } from 'react-admin';
import { api, revisionMade, rowPath } from '../providers/client.ts';
import { Receipt } from './Receipt.tsx';
import { messageOf } from './Words.tsx';

/** One write, and the write that takes it back. */
export interface Done {
  /** Null where nothing was changed by it. */
  revision: number | null;
  undo?: () => Promise<Done>;
}

/** In the key of what an open form was filled from. Such a row is never read again behind the form's back: it would erase typing. */
export const FORM_META = { form: true } as const;

const isFormKey = (part: unknown) => (part as { meta?: { form?: boolean } } | null)?.meta?.form === true;
const notOfAForm = ({ queryKey }: Query) => !queryKey.some(isFormKey);

/** Reads anew all that is shown, except what an open form was filled from. */
export function useRefreshAll() {
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries({ predicate: notOfAForm }), [client]);
}

function SavedNotice({ text, done, onUndo }: { text: string; done: Done; onUndo: (undo: () => Promise<Done>) => void }) {
  const close = useCloseNotification();
  const { undo } = done;
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap' }}>
      <Box>
        <div>{text}</div>
        {done.revision !== null && <Receipt revision={done.revision} />}
      </Box>
      {undo && (
        <Button
          size="small"
          variant="outlined"
          color="inherit"
          onClick={() => {
            close();
            onUndo(undo);
          }}
        >
          Undo
        </Button>
      )}
    </Box>
  );
}

const UNCHANGED = 'Nothing was changed: this is how it was stored already.';

/** Says that something was saved, with its revision, where it is in force, and Undo where there is an inverse; or that nothing was changed. */
export function useSaved() {
  const notify = useNotify();
  const refresh = useRefreshAll();
  return useCallback(
    (text: string, done: Done) => {
      const say = (what: string, of: Done) => {
        void refresh();
        if (of.revision === null) return notify(UNCHANGED, { type: 'info' });
        const key = `${of.revision}-${what}`;
        notify(<SavedNotice text={what} done={of} onUndo={undo} />, {
          type: 'success',
          autoHideDuration: of.undo ? 10_000 : 6000,
          key,
        } as object);
      };
      const undo = (take: () => Promise<Done>) => {
        take().then(
          ({ revision }) => say('Undone.', { revision }),
          (error: unknown) => notify(`Not undone. ${messageOf(error)}`, { type: 'error' }),
        );
      };
      say(text, done);
    },
    [notify, refresh],
  );
}

/** Says that a write failed; signs out when the session has ended. */
export function useFailed() {
  const notify = useNotify();
  const refresh = useRefreshAll();
  const logoutIfDenied = useLogoutIfAccessDenied();
  return useCallback(
    (error: unknown) => {
      void logoutIfDenied(error);
      notify(messageOf(error), { type: 'error' });
      void refresh();
    },
    [notify, refresh, logoutIfDenied],
  );
}

/** Creates a row; the undo deletes it. */
export async function createRow<N extends CollectionName>(
  name: N,
  body: object,
  reason?: string,
): Promise<Done & { row: CollectionRow<N> }> {
  const { body: row, revision } = await api<CollectionRow<N>>('POST', name, { body, reason });
  const made = row as { id: string; version?: number };
  return { row, revision, undo: () => deleteRow(name, made, null, 'Undo') };
}

/** Deletes a row; the undo creates it again from `again`, where that is given. */
export async function deleteRow(
  name: CollectionName,
  row: { id: string; version?: number },
  again: object | null,
  reason?: string,
): Promise<Done> {
  const { revision } = await api('DELETE', rowPath(name, row.id), { version: row.version, reason });
  return again ? { revision, undo: () => createRow(name, again, 'Undo') } : { revision };
}

/** Changes a row; the undo puts back the members as they were. */
export async function updateRow(
  name: CollectionName,
  row: { id: string; version: number },
  changes: Record<string, unknown>,
  reason?: string,
): Promise<Done> {
  const answer = await api<{ id: string; version: number }>('PATCH', rowPath(name, row.id), {
    body: changes,
    version: row.version,
    reason,
  });
  const revision = revisionMade(answer, row.version);
  if (revision === null) return { revision };
  const before = Object.fromEntries(Object.keys(changes).map((key) => [key, (row as Record<string, unknown>)[key]]));
  return { revision, undo: () => updateRow(name, answer.body, before, 'Undo') };
}
