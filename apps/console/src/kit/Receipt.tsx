import type { CollectionRow, Page } from '@licet/contract';
import { Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { api } from '../providers/client.ts';
import { useCan } from './access.tsx';

const POLL_MS = 400;
const GIVE_UP_MS = 8000;

function spreadWords({ all, current }: { all: number; current: number }): string {
  if (!all) return '';
  const points = all === 1 ? 'decision point' : 'decision points';
  return current === all ? ` · in force at all ${all} ${points}` : ` · in force at ${current} of ${all} ${points}`;
}

/** The revision that a write made, and how many of the connected decision points hold it by now. */
export function Receipt({ revision }: { revision: number }) {
  const can = useCan();
  const since = useRef(Date.now());
  const { data } = useQuery({
    queryKey: ['receipt', revision],
    queryFn: async ({ signal }) => {
      const { body } = await api<Page<CollectionRow<'decision-points'>>>('GET', 'decision-points?page=1&perPage=1000', { signal });
      const connected = body.items.filter((point) => point.connected);
      return { all: connected.length, current: connected.filter((point) => point.revision >= revision).length };
    },
    enabled: can('licet.decision-point:read'),
    retry: false,
    refetchInterval: ({ state: { data: last } }) =>
      (last && last.current >= last.all) || Date.now() - since.current > GIVE_UP_MS ? false : POLL_MS,
  });
  return (
    <Typography variant="body2" component="div" sx={{ opacity: 0.9 }}>
      Saved as revision {revision}
      {data && spreadWords(data)}
    </Typography>
  );
}
