import HistoryIcon from '@mui/icons-material/HistoryOutlined';
import type { CollectionRow } from '@licet/contract';
import { Box } from '@mui/material';
import { EmptyState } from '../kit/EmptyState.tsx';
import { SelectFilter, TextFilter } from '../kit/Filters.tsx';
import { IdFilter } from '../kit/IdFilter.tsx';
import { LogPage } from '../kit/LogPage.tsx';
import { Aside, type LogRow } from '../kit/LogRows.tsx';
import { PeriodFilter } from '../kit/PeriodFilter.tsx';
import { Time } from '../kit/Time.tsx';
import { AuditEntryDetail } from './AuditEntryDetail.tsx';
import { describe, nounOf } from './describe.ts';

const KINDS = [
  'roles',
  'grants',
  'assignments',
  'users',
  'groups',
  'group-members',
  'resource-types',
  'conditions',
  'tenants',
  'resources',
  'api-keys',
  'operators',
  'operator-identities',
];
const KIND_CHOICES = KINDS.map((value) => ({ value, label: nounOf(value) }));
const ACTION_CHOICES = [
  { value: 'create', label: 'Created' },
  { value: 'update', label: 'Changed' },
  { value: 'delete', label: 'Deleted' },
];

function row(entry: CollectionRow<'audit-entries'>): LogRow {
  return {
    id: entry.id,
    time: <Time at={entry.at} as="exact" />,
    line: (
      <>
        <Box component="span" sx={{ fontWeight: 600 }}>
          {entry.actor}
        </Box>{' '}
        {describe(entry)}
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {entry.reason && ` · “${entry.reason}”`}
        </Box>
        <Aside>revision {entry.revision}</Aside>
      </>
    ),
    detail: () => <AuditEntryDetail entry={entry} />,
  };
}

export function AuditTrail() {
  return (
    <LogPage
      resource="audit-entries"
      title="Audit trail"
      lead="What people changed: who, when, why, and what it was before. Nothing here can be edited or deleted."
      search="Search who or why"
      filters={
        <>
          <IdFilter resource="users" source="actor" label="Actor" width={120} />
          <SelectFilter source="action" label="Action" choices={ACTION_CHOICES} />
          <SelectFilter source="kind" label="Kind" choices={KIND_CHOICES} />
          <TextFilter source="target" label="Target" width={130} />
          <TextFilter source="revision" label="Revision" width={96} whole="number" />
          <PeriodFilter />
        </>
      }
      empty={
        <EmptyState icon={HistoryIcon} title="No changes yet">
          Every change to the policy is recorded here, together with who made it and why.
        </EmptyState>
      }
      row={row}
    />
  );
}
