import type { CollectionName, ReservedPermission } from '@licet/contract';
import { Box, Card, CardActionArea, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { useCan } from '../kit/access.tsx';
import { useSome } from '../kit/read.ts';
import { listPath } from '../kit/RecordLink.tsx';
import { NUMBER } from '../kit/number.ts';

function Tile({ label, value, note, to }: { label: string; value: string; note?: string; to: string }) {
  return (
    <Card>
      <CardActionArea component={Link} to={to} sx={{ px: 2, py: 1.5, height: '100%', display: 'block' }}>
        <Typography variant="body2" color="textSecondary">
          {label}
        </Typography>
        <Typography component="p" sx={{ fontSize: 26, fontWeight: 650, lineHeight: 1.25, fontVariantNumeric: 'tabular-nums' }}>
          {value}
        </Typography>
        {note && (
          <Typography variant="body2" color="textSecondary">
            {note}
          </Typography>
        )}
      </CardActionArea>
    </Card>
  );
}

function useCount(name: CollectionName, permission: ReservedPermission, filter: Record<string, unknown> = {}) {
  const allowed = useCan()(permission);
  const { data } = useSome(name, { filter, perPage: 1, enabled: allowed });
  return allowed ? (data ? NUMBER.format(data.total) : '–') : null;
}

// One day back, to the minute, so that the query stays the same while the page is open.
export const dayAgo = () => new Date(Math.floor(Date.now() / 60_000) * 60_000 - 86_400_000).toISOString();

function Decisions({ since }: { since: string }) {
  const allowed = useCan()('licet.decision:read');
  const all = useSome('decisions', { filter: { since }, perPage: 1, enabled: allowed });
  const denied = useSome('decisions', { filter: { since, decision: false }, perPage: 1, enabled: allowed });
  if (!allowed) return null;
  const total = all.data?.total;
  const refused = denied.data?.total;
  return (
    <>
      <Tile label="Decisions, 24 h" value={total === undefined ? '–' : NUMBER.format(total)} to={listPath('decisions', { since })} />
      <Tile
        label="Denied, 24 h"
        value={refused === undefined ? '–' : NUMBER.format(refused)}
        {...(total && refused !== undefined
          ? { note: `${((refused / total) * 100).toFixed(refused / total < 0.1 ? 1 : 0)} % of all` }
          : {})}
        to={listPath('decisions', { since, decision: false })}
      />
    </>
  );
}

function Points() {
  const can = useCan();
  const allowed = can('licet.decision-point:read');
  const { data } = useSome('decision-points', { perPage: 200, enabled: allowed, every: 10_000 });
  const { data: changes } = useSome('changes', { perPage: 1, enabled: can('licet.change:read'), every: 10_000 });
  if (!allowed) return null;
  const head = changes?.items[0]?.revision ?? 0;
  const connected = data?.items.filter((point) => point.connected) ?? [];
  const current = connected.filter(({ revision }) => revision >= head).length;
  const note = connected.length ? (current === connected.length ? 'all up to date' : `${current} up to date`) : 'none connected';
  return <Tile label="Decision points" value={data ? NUMBER.format(connected.length) : '–'} {...(data ? { note } : {})} to="/api-keys" />;
}

const SINCE = dayAgo();

/** Numbers that each lead to what they count. */
export function Tiles() {
  const users = useCount('users', 'licet.user:read');
  const roles = useCount('roles', 'licet.role:read', { builtIn: false });
  const assignments = useCount('assignments', 'licet.assignment:read');
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 1.5,
        gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', sm: 'repeat(3, minmax(0, 1fr))', lg: 'repeat(6, minmax(0, 1fr))' },
        mb: 2.5,
      }}
    >
      <Decisions since={SINCE} />
      <Points />
      {users !== null && <Tile label="Users" value={users} to="/users" />}
      {roles !== null && <Tile label="Roles" value={roles} to="/roles" />}
      {assignments !== null && <Tile label="Assignments" value={assignments} to="/assignments" />}
    </Box>
  );
}
