import type { CollectionRow } from '@licet/contract';
import { Chip } from '@mui/material';
import { Time } from '../kit/Time.tsx';

export type ApiKey = CollectionRow<'api-keys'>;

const SOON_MS = 14 * 24 * 3_600_000;
export const endsSoon = ({ expiresAt }: ApiKey) => expiresAt !== null && Date.parse(expiresAt) - Date.now() < SOON_MS;

export const isUsable = ({ revokedAt, expiresAt }: ApiKey) => !revokedAt && !(expiresAt && Date.parse(expiresAt) <= Date.now());

export function KeyState({ row }: { row: ApiKey }) {
  if (row.revokedAt) return <Chip size="small" color="error" variant="outlined" label="Revoked" />;
  if (!isUsable(row)) return <Chip size="small" label="Expired" />;
  return (
    <>
      {endsSoon(row) ? (
        <Chip size="small" color="warning" variant="outlined" label="Ends soon" />
      ) : (
        <Chip size="small" color="success" variant="outlined" label="Valid" />
      )}
      {row.expiresAt && (
        <>
          {' '}
          until <Time at={row.expiresAt} />
        </>
      )}
    </>
  );
}
