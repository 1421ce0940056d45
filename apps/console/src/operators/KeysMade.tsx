import type { Page } from '@licet/contract';
import { Box } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { type ApiKey, isUsable } from '../api-keys/KeyState.tsx';
import { useCan } from '../kit/access.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import { api } from '../providers/client.ts';

const MOST = 1_000;

/** The keys that work on when the operator who made them is gone, and of which there may be a copy. */
export function KeysMade({ by }: { by: string }) {
  const allowed = useCan()('licet.api-key:read');
  const { data } = useQuery({
    queryKey: ['keys made', by],
    queryFn: async ({ signal }) =>
      (await api<Page<ApiKey>>('GET', `api-keys?perPage=${MOST}&createdBy=${encodeURIComponent(by)}`, { signal })).body.items,
    enabled: allowed,
  });
  const keys = data?.filter(isUsable) ?? [];
  if (keys.length === 0) return null;
  return (
    <Box component="span" sx={{ display: 'block', mt: 1 }}>
      {keys.length === 1 ? 'An API key that this operator made goes' : `${keys.length} API keys that this operator made go`} on working:{' '}
      {keys.map(({ id, name }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <RecordLink resource="api-keys" id={id}>
            {name}
          </RecordLink>
        </span>
      ))}
      . Rotate or revoke what the operator may have a copy of.
    </Box>
  );
}
