import type { CollectionRow } from '@licet/contract';
import { Box, Button, Link, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import { describe } from '../audit/describe.ts';
import { DecisionLine } from '../decisions/DecisionLine.tsx';
import { grouped } from '../decisions/grouped.ts';
import { useCan } from '../kit/access.tsx';
import { Failure } from '../kit/Failure.tsx';
import { useSome } from '../kit/read.ts';
import { listPath, recordPath } from '../kit/RecordLink.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { Waiting } from '../kit/Waiting.tsx';

const SHOWN = 6;

interface Props {
  title: string;
  lead: string;
  all: { to: string; label: string };
  query: { data: { items: unknown[] } | undefined; error: unknown };
  empty: string;
  children: ReactNode;
}

/** A few lines of a log, which lead further. */
export function Recent({ title, lead, all, query, empty, children }: Props) {
  return (
    <Panel
      title={title}
      lead={lead}
      actions={
        <Button component={RouterLink} to={all.to} size="small">
          {all.label}
        </Button>
      }
      flush
    >
      {query.error && !query.data ? (
        <Failure title={`${title} could not be read`} error={query.error} />
      ) : !query.data ? (
        <Box sx={{ p: 2 }}>
          <Waiting lines={4} />
        </Box>
      ) : query.data.items.length ? (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {children}
        </Box>
      ) : (
        <Typography color="textSecondary" sx={{ px: 2.5, py: 2.5 }}>
          {empty}
        </Typography>
      )}
    </Panel>
  );
}

export function Item({ to, at, children }: { to: string; at: string; children: ReactNode }) {
  return (
    <Box
      component="li"
      sx={{ px: 2.5, py: 1.125, borderBottom: 1, borderColor: 'divider', '&:last-child': { borderBottom: 0 }, fontSize: 14 }}
    >
      <Link component={RouterLink} to={to} color="textPrimary" sx={{ display: 'block' }}>
        {children}
      </Link>
      <Box sx={{ color: 'text.secondary', fontSize: 13 }}>
        <Time at={at} as="relative" />
      </Box>
    </Box>
  );
}

type Change = CollectionRow<'changes'>;
type Entry = CollectionRow<'audit-entries'>;

/** What a change did: its first entry in words, and how many there are besides. */
function sayChange(change: Change, entries: readonly Entry[]): string {
  const own = entries.filter(({ revision }) => revision === change.revision);
  // A key comes with a service account and its role: the key is what was meant.
  const first = own.find(({ kind }) => kind === 'api-keys') ?? own.at(-1);
  if (!first) return `made ${change.entries} changes`;
  return change.entries > 1 ? `${describe(first)}, and ${change.entries - 1} more` : describe(first);
}

/** What people changed last, a line for each revision. */
export function RecentChanges() {
  const can = useCan();
  const allowed = can('licet.change:read') && can('licet.audit-entry:read');
  const changes = useSome('changes', { perPage: 25, enabled: allowed });
  const entries = useSome('audit-entries', { perPage: 100, enabled: allowed });
  if (!allowed) return null;
  const shown = changes.data?.items.filter(({ via }) => via !== 'system').slice(0, SHOWN) ?? [];
  const data = changes.data && entries.data && { items: shown };
  return (
    <Recent
      title="Recent changes"
      lead="What people changed, and why."
      all={{ to: '/audit-entries', label: 'Audit trail' }}
      query={{ data, error: changes.error ?? entries.error }}
      empty="Nobody has changed anything yet."
    >
      {shown.map((change) => (
        <Item key={change.revision} to={listPath('audit-entries', { revision: change.revision })} at={change.at}>
          <strong>{change.actor}</strong> {sayChange(change, entries.data?.items ?? [])}
          {change.reason && ` · “${change.reason}”`}
        </Item>
      ))}
    </Recent>
  );
}

/** What was refused last, the same refusal once: the place to look when somebody calls. */
export function RecentRefusals() {
  const allowed = useCan()('licet.decision:read');
  const query = useSome('decisions', { filter: { decision: false }, perPage: 50, enabled: allowed, every: 10_000 });
  if (!allowed) return null;
  const groups = grouped(query.data?.items ?? []).slice(0, SHOWN);
  return (
    <Recent
      title="Recent refusals"
      lead="What applications denied, and why."
      all={{ to: listPath('decisions', { decision: false }), label: 'Decision log' }}
      query={query}
      empty="Nothing has been denied."
    >
      {groups.map(({ row, times }) => (
        <Item key={row.id} to={recordPath('decisions', row.id)} at={row.at}>
          <DecisionLine row={row} times={times} />
        </Item>
      ))}
    </Recent>
  );
}
