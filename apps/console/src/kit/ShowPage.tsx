import EditIcon from '@mui/icons-material/EditOutlined';
import type { CollectionName, CollectionRow, ReservedPermission } from '@licet/contract';
import { Box, Button, Card, Tab, Tabs, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { useGetOne, useRequireAccess, type RaRecord } from 'react-admin';
import { Link, useParams, useSearchParams } from 'react-router-dom';
import { ApiError } from '../providers/client.ts';
import { Can, useCan, useOwnTenants } from './access.tsx';
import { EmptyState } from './EmptyState.tsx';
import { Failure } from './Failure.tsx';
import { Page, type Crumb } from './Page.tsx';
import { editPath, listPath } from './RecordLink.tsx';
import { Waiting } from './Waiting.tsx';

export interface Section<T> {
  id: string;
  label: string;
  /** Without it the section is not shown: it could only fail. */
  permission?: ReservedPermission;
  render: (row: T) => ReactNode;
}

interface Props<N extends CollectionName> {
  resource: N;
  crumbs: Crumb[];
  noun: string;
  title: (row: CollectionRow<N>) => string;
  badge?: (row: CollectionRow<N>) => ReactNode;
  lead?: (row: CollectionRow<N>) => ReactNode;
  actions?: (row: CollectionRow<N>) => ReactNode;
  sections: readonly Section<CollectionRow<N>>[];
}

export function EditButton({
  resource,
  id,
  permission,
  label = 'Edit',
}: {
  resource: CollectionName;
  id: string;
  permission: ReservedPermission;
  label?: string;
}) {
  return (
    <Can permission={permission}>
      <Button component={Link} to={editPath(resource, id)} variant="outlined" startIcon={<EditIcon />}>
        {label}
      </Button>
    </Can>
  );
}

function Gone({ resource, noun, id, crumbs }: { resource: CollectionName; noun: string; id: string; crumbs: Crumb[] }) {
  const confined = useOwnTenants() !== null;
  return (
    <Page title={`No ${noun} ${id}`} crumbs={crumbs}>
      <Card>
        <EmptyState
          title={`There is no ${noun} ${id}`}
          actions={
            <Can permission="licet.audit-entry:read">
              <Button component={Link} to={listPath('audit-entries', { kind: resource, target: id })} variant="outlined">
                Look in the audit trail
              </Button>
            </Can>
          }
        >
          It may never have existed, or it was deleted{confined ? ', or it is outside your tenants' : ''}. The audit trail keeps what was
          deleted, by whom and why.
        </EmptyState>
      </Card>
    </Page>
  );
}

function Sections<T>({ row, sections }: { row: T; sections: readonly Section<T>[] }) {
  const [params, setParams] = useSearchParams();
  const wanted = params.get('tab');
  const can = useCan();
  const shown = sections.filter(({ permission }) => permission === undefined || can(permission));
  const current = shown.find(({ id }) => id === wanted) ?? shown[0];
  if (!current) return null;
  if (shown.length === 1) return <>{current.render(row)}</>;
  return (
    <>
      <Box sx={{ borderBottom: 1, borderColor: 'divider', mb: 2.5 }}>
        <Tabs
          value={current.id}
          onChange={(_event, tab: string) => setParams(tab === shown[0]?.id ? {} : { tab }, { replace: true })}
          variant="scrollable"
          allowScrollButtonsMobile
          aria-label="Sections"
        >
          {shown.map(({ id, label }) => (
            <Tab key={id} value={id} label={label} id={`tab-${id}`} aria-controls={`section-${id}`} />
          ))}
        </Tabs>
      </Box>
      <Box role="tabpanel" id={`section-${current.id}`} aria-labelledby={`tab-${current.id}`}>
        {current.render(row)}
      </Box>
    </>
  );
}

/** A row with all that belongs to it, in sections. */
export function ShowPage<N extends CollectionName>({ resource, crumbs, noun, title, badge, lead, actions, sections }: Props<N>) {
  const id = useParams()['id'] ?? '';
  const { isPending: checking } = useRequireAccess({ resource, action: 'show' });
  const { data, error, refetch } = useGetOne<RaRecord & CollectionRow<N>>(
    resource,
    { id },
    { retry: false, enabled: !checking, onError: () => undefined },
  );
  if (error instanceof ApiError && error.status === 404) return <Gone resource={resource} noun={noun} id={id} crumbs={crumbs} />;
  if (error) {
    return (
      <Page title={id} crumbs={crumbs}>
        <Failure title={`The ${noun} could not be read`} error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (!data) return <Waiting />;
  return (
    <Page title={title(data)} badge={badge?.(data)} lead={lead?.(data)} crumbs={crumbs} actions={actions?.(data)}>
      <Sections row={data} sections={sections} />
    </Page>
  );
}

/** A card with a heading, for a part of a page. */
export function Panel({
  title,
  lead,
  actions,
  children,
  flush = false,
}: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}) {
  return (
    <Card component="section" aria-label={title} sx={{ mb: 2.5 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, px: 2.5, pt: 2, pb: flush ? 1.5 : 0 }}>
        <Box sx={{ flex: '1 1 260px' }}>
          <Typography variant="h2">{title}</Typography>
          {lead && (
            <Typography variant="body2" color="textSecondary" sx={{ mt: 0.25 }}>
              {lead}
            </Typography>
          )}
        </Box>
        {actions && <Box sx={{ display: 'flex', gap: 1 }}>{actions}</Box>}
      </Box>
      <Box sx={flush ? { borderTop: 1, borderColor: 'divider' } : { px: 2.5, py: 2 }}>{children}</Box>
    </Card>
  );
}

/** Names and values of a row. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <Box
      component="dl"
      sx={{
        fontSize: 14.5,
        m: 0,
        display: 'grid',
        gridTemplateColumns: { xs: '1fr', sm: 'minmax(120px, 180px) 1fr' },
        columnGap: 3,
        rowGap: { xs: 0.25, sm: 1.25 },
        '& dd a': { textDecoration: 'underline' }, // among words, a colour alone does not tell a link
      }}
    >
      {children}
    </Box>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <Box component="dt" sx={{ color: 'text.secondary', fontSize: 14 }}>
        {name}
      </Box>
      <Box component="dd" sx={{ m: 0, mb: { xs: 1.25, sm: 0 }, minWidth: 0, overflowWrap: 'anywhere' }}>
        {children}
      </Box>
    </>
  );
}
