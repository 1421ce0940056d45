import type { CollectionRow } from '@licet/contract';
import { Chip } from '@mui/material';
import { Time } from '../kit/Time.tsx';

export type ApiKey = CollectionRow<'api-keys'>;

export const isUsable = ({ revokedAt, expiresAt }: ApiKey) => !revokedAt && !(expiresAt && Date.parse(expiresAt) <= Date.now());

export function KeyState({ row }: { row: ApiKey }) {
  if (row.revokedAt) return <Chip size="small" color="error" variant="outlined" label="Revoked" />;
  if (!isUsable(row)) return <Chip size="small" label="Expired" />;
  return (
    <>
      <Chip size="small" color="success" variant="outlined" label="Valid" />
      {row.expiresAt && (
        <>
          {' '}
          until <Time at={row.expiresAt} />
        </>
      )}
    </>
  );
}
