import { useQueryClient } from '@tanstack/react-query';
import { createRow, deleteRow, updateRow, useSaved, type Done } from '../kit/write.tsx';
import type { Grant } from './cells.ts';

export interface Wanted {
  effect: Grant['effect'];
  condition: string | null;
}

const sayWanted = (role: string, permission: string, { effect, condition }: Wanted) =>
  `${effect === 'allow' ? 'Allowed' : 'Denied'} ${permission} for ${role}${condition ? ` if ${condition}` : ''}.`;

/** Edits one grant with one request each; shows nothing as done before the server has answered. */
export function useGrants() {
  const client = useQueryClient();
  const saved = useSaved();

  // What the server has just confirmed is shown at once; the reading that follows brings everything else up to date.
  const show = (change: (grants: Grant[]) => Grant[]) =>
    client.setQueryData<Grant[]>(['grants', 'all', {}], (grants) => grants && change(grants));
  const without = (id: string) => show((grants) => grants.filter((grant) => grant.id !== id));
  const withRow = (row: Grant) => show((grants) => [...grants.filter((grant) => grant.id !== row.id), row]);

  const add = async (role: string, permission: string, wanted: Wanted, reason: string): Promise<void> => {
    const done = await createRow('grants', { role, permission, ...wanted }, reason);
    withRow(done.row);
    saved(sayWanted(role, permission, wanted), done);
  };
  const remove = async (grant: Grant, reason: string): Promise<void> => {
    const { role, permission, effect, condition } = grant;
    const done = await deleteRow('grants', grant, { role, permission, effect, condition }, reason);
    without(grant.id);
    saved(`Removed the ${effect === 'allow' ? 'grant' : 'denial'} of ${permission} for ${role}.`, done);
  };
  const change = async (grant: Grant, wanted: Wanted, reason: string): Promise<void> => {
    const done: Done = await updateRow('grants', grant, { ...wanted }, reason);
    if (done.revision !== null) withRow({ ...grant, ...wanted, version: grant.version + 1 });
    saved(sayWanted(grant.role, grant.permission, wanted), done);
  };
  return { add, remove, change };
}
