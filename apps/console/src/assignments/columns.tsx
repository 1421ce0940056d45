import type { CollectionRow } from '@licet/contract';
import { Box, Chip, Link } from '@mui/material';
import { Link as RouterLink } from 'react-router-dom';
import { Code } from '../kit/Code.tsx';
import { ANY_TENANT } from '../kit/keys.ts';
import { recordPath, RecordLink } from '../kit/RecordLink.tsx';
import type { Column } from '../kit/Rows.tsx';
import { stateOf } from '../kit/instants.ts';
import { Time } from '../kit/Time.tsx';
import { RevokeButton } from './RevokeButton.tsx';

export type Assignment = CollectionRow<'assignments'>;

export const granteeOf = ({ user, group }: Assignment) => user ?? group ?? '';

export function Grantee({ row }: { row: Assignment }) {
  return (
    <>
      <RecordLink resource={row.user ? 'users' : 'groups'} id={granteeOf(row)} strong />
      {row.group && (
        <Box component="span" sx={{ color: 'text.secondary', fontSize: 13 }}>
          {' '}
          group
        </Box>
      )}
    </>
  );
}

export function Where({ row }: { row: Assignment }) {
  return (
    <>
      {row.tenant === ANY_TENANT ? 'All tenants' : <RecordLink resource="tenants" id={row.tenant} />}
      {row.resource && (
        <Box component="span" sx={{ display: 'block', fontSize: 13 }}>
          only on <Code>{row.resource}</Code>
        </Box>
      )}
    </>
  );
}

/** Whether it counts now, and how long. */
export function State({ row }: { row: Assignment }) {
  const state = stateOf(row);
  if (state === 'ended') {
    return (
      <>
        <Chip size="small" label="Ended" /> {row.expiresAt && <Time at={row.expiresAt} as="relative" />}
      </>
    );
  }
  if (state === 'not yet') {
    return (
      <>
        <Chip size="small" color="info" variant="outlined" label="Not yet" /> {row.startsAt && <Time at={row.startsAt} as="relative" />}
      </>
    );
  }
  if (!row.expiresAt) return <>No end</>;
  return (
    <>
      until <Time at={row.expiresAt} />
    </>
  );
}

const who: Column<Assignment> = { label: 'Who', sort: 'user', render: (row) => <Grantee row={row} /> };
const role: Column<Assignment> = { label: 'Role', sort: 'role', render: (row) => <RecordLink resource="roles" id={row.role} strong /> };
const rest: Column<Assignment>[] = [
  { label: 'Where', sort: 'tenant', render: (row) => <Where row={row} /> },
  { label: 'In force', sort: 'expiresAt', render: (row) => <State row={row} /> },
  { label: 'Reason', wideOnly: true, render: ({ reason }) => <Box sx={{ maxWidth: 240 }}>{reason}</Box> },
  {
    label: 'Actions',
    align: 'right',
    render: (row) => (
      <Box sx={{ display: 'inline-flex', alignItems: 'center', gap: 1.5 }}>
        <Link component={RouterLink} to={recordPath('assignments', row.id)} aria-label={`Details: ${row.role} for ${granteeOf(row)}`}>
          Details
        </Link>
        <RevokeButton row={row} />
      </Box>
    ),
  },
];

/** The columns of assignments; on the page of a user or a role without the one that says the same in every line. */
export const assignmentColumns = (without?: 'who' | 'role'): Column<Assignment>[] => [
  ...(without === 'who' ? [] : [who]),
  ...(without === 'role' ? [] : [role]),
  ...rest,
];
