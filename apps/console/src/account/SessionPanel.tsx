import type { OpenSession, OpenSessions } from '@licet/contract';
import { Box, Button, Chip } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useNotify } from 'react-admin';
import { useCan } from '../kit/access.tsx';
import { Failure } from '../kit/Failure.tsx';
import { Rows, type Column } from '../kit/Rows.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { Waiting } from '../kit/Waiting.tsx';
import { useFailed } from '../kit/write.tsx';
import { api } from '../providers/client.ts';
import { browserOf } from './browser.ts';

const columns = (end: ((session: OpenSession) => void) | null): Column<OpenSession>[] => [
  {
    label: 'Browser',
    render: ({ userAgent, current }) => (
      <Box component="span" sx={{ display: 'inline-flex', gap: 1, alignItems: 'center' }}>
        {browserOf(userAgent)}
        {current && <Chip size="small" color="primary" variant="outlined" label="This one" />}
      </Box>
    ),
  },
  { label: 'Address', render: ({ address }) => <code>{address}</code> },
  { label: 'Signed in', render: ({ createdAt }) => <Time at={createdAt} as="relative" /> },
  { label: 'Last seen', render: ({ lastSeenAt }) => <Time at={lastSeenAt} as="relative" /> },
  {
    label: 'Actions',
    align: 'right',
    render: (session) =>
      end &&
      !session.current && (
        <Button
          size="small"
          color="error"
          variant="outlined"
          onClick={() => end(session)}
          aria-label={`End the session of ${browserOf(session.userAgent)} at ${session.address}`}
        >
          End
        </Button>
      ),
  },
];

/** Where somebody is signed in: the caller's own sessions, or those of another operator. */
export function SessionPanel({ user }: { user?: string }) {
  const can = useCan();
  const allowed = user === undefined || can('licet.operator:read');
  const notify = useNotify();
  const failed = useFailed();
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions', user],
    queryFn: async ({ signal }) =>
      (await api<OpenSessions>('GET', user === undefined ? 'sessions' : `sessions?user=${encodeURIComponent(user)}`, { signal })).body,
    enabled: allowed,
  });
  if (!allowed) return null;
  const end = (session: OpenSession) =>
    void api('DELETE', `sessions/${session.id}`).then(() => {
      notify(`Ended the session of ${browserOf(session.userAgent)}.`, { type: 'success' });
      void refetch();
    }, failed);
  const mayEnd = user === undefined || can('licet.operator:update');
  return (
    <Panel
      title="Sessions"
      lead={
        user === undefined
          ? 'Where you are signed in now. To add or to remove a way in ends all of them but this one.'
          : 'Where this account is signed in now. A session that is ended is out at once.'
      }
      flush
    >
      {error && (
        <Box sx={{ p: 2 }}>
          <Failure title="The sessions could not be read" error={error} onRetry={() => void refetch()} />
        </Box>
      )}
      {!data && !error && (
        <Box sx={{ p: 2 }}>
          <Waiting lines={2} />
        </Box>
      )}
      {data && !data.total && <Box sx={{ p: 2.5, color: 'text.secondary' }}>Not signed in anywhere.</Box>}
      {data && data.total > 0 && <Rows label="Sessions" rows={data.items} columns={columns(mayEnd ? end : null)} rowKey={({ id }) => id} />}
    </Panel>
  );
}
