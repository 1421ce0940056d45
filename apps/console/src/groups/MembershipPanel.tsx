import AddIcon from '@mui/icons-material/AddOutlined';
import type { CollectionRow } from '@licet/contract';
import { Box, Button, Typography } from '@mui/material';
import { useState } from 'react';
import { ActorLink } from '../kit/ActorLink.tsx';
import { Can, useCan } from '../kit/access.tsx';
import { ConfirmDialog } from '../kit/ConfirmDialog.tsx';
import { Failure } from '../kit/Failure.tsx';
import { Picker } from '../kit/Picker.tsx';
import { useSome } from '../kit/read.ts';
import { RecordLink } from '../kit/RecordLink.tsx';
import { Rows, type Column } from '../kit/Rows.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { Waiting } from '../kit/Waiting.tsx';
import { createRow, deleteRow, useSaved } from '../kit/write.tsx';

type Membership = CollectionRow<'group-members'>;
type By = 'user' | 'group';

const SHOWN = 25;
const WORDS = {
  group: {
    title: 'Members',
    lead: 'The users in this group.',
    add: 'Add a member',
    pick: 'User',
    empty: 'Nobody is in this group yet.',
    resource: 'users',
  },
  user: {
    title: 'Groups',
    lead: 'The groups this user is in.',
    add: 'Add to a group',
    pick: 'Group',
    empty: 'This user is in no group.',
    resource: 'groups',
  },
} as const;

function AddDialog({ by, id, onClose }: { by: By; id: string; onClose: () => void }) {
  const words = WORDS[by];
  const saved = useSaved();
  const [other, setOther] = useState<string | null>(null);
  const add = async (reason: string) => {
    const body = by === 'group' ? { group: id, user: other } : { user: id, group: other };
    const done = await createRow('group-members', body, reason);
    saved(`Added ${done.row.user} to ${done.row.group}.`, done);
  };
  return (
    <ConfirmDialog title={`${words.add}: ${id}`} confirm="Add" onConfirm={add} onClose={onClose} disabled={!other}>
      <Box sx={{ pt: 1 }}>
        <Picker
          resource={words.resource}
          label={words.pick}
          value={other}
          onChange={setOther}
          placeholder="Search by id or name"
          required
          autoFocus
        />
      </Box>
    </ConfirmDialog>
  );
}

function RemoveButton({ row }: { row: Membership }) {
  const [open, setOpen] = useState(false);
  const saved = useSaved();
  const { user, group } = row;
  const remove = async (reason: string) => {
    const done = await deleteRow('group-members', row, { user, group }, reason);
    saved(`Removed ${user} from ${group}.`, done);
  };
  return (
    <Can permission="licet.group:delete">
      <Button size="small" color="error" variant="outlined" onClick={() => setOpen(true)} aria-label={`Remove ${user} from ${group}`}>
        Remove
      </Button>
      {open && (
        <ConfirmDialog title={`Remove ${user} from ${group}?`} confirm="Remove" danger onConfirm={remove} onClose={() => setOpen(false)}>
          {user} loses every role that is held only through this group.
        </ConfirmDialog>
      )}
    </Can>
  );
}

const columnsBy = (by: By): Column<Membership>[] => [
  by === 'group'
    ? { label: 'User', render: ({ user }) => <RecordLink resource="users" id={user} strong /> }
    : { label: 'Group', render: ({ group }) => <RecordLink resource="groups" id={group} strong /> },
  {
    label: 'Added',
    render: ({ createdAt, createdBy }) => (
      <>
        <Time at={createdAt} as="relative" /> by <ActorLink id={createdBy} />
      </>
    ),
  },
  { label: 'Actions', align: 'right', render: (row) => <RemoveButton row={row} /> },
];
const COLUMNS = { user: columnsBy('user'), group: columnsBy('group') };

/** Who is in a group, or in which groups a user is; with the ways to add and to remove. */
export function MembershipPanel({ by, id }: { by: By; id: string }) {
  const words = WORDS[by];
  const allowed = useCan()('licet.group:read');
  const [page, setPage] = useState(1);
  const [adding, setAdding] = useState(false);
  const { data, error, refetch } = useSome('group-members', { filter: { [by]: id }, page, perPage: SHOWN, enabled: allowed });
  if (!allowed) return null;
  return (
    <Panel
      title={words.title}
      lead={words.lead}
      flush
      actions={
        <Can permission="licet.group:create">
          <Button variant="outlined" size="small" startIcon={<AddIcon />} onClick={() => setAdding(true)}>
            {words.add}
          </Button>
        </Can>
      }
    >
      {error && <Failure title={`${words.title} could not be read`} error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting lines={3} />}
      {data && !data.total && <Typography sx={{ px: 2.5, py: 2.5, color: 'text.secondary' }}>{words.empty}</Typography>}
      {data && data.total > 0 && <Rows label={words.title} rows={data.items} columns={COLUMNS[by]} rowKey={(row) => row.id} />}
      {data && data.total > SHOWN && (
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, p: 1.5 }}>
          <Typography variant="body2" color="textSecondary" sx={{ mr: 'auto' }}>
            {(page - 1) * SHOWN + 1}–{Math.min(data.total, page * SHOWN)} of {data.total}
          </Typography>
          <Button size="small" disabled={page === 1} onClick={() => setPage(page - 1)}>
            Previous
          </Button>
          <Button size="small" disabled={page * SHOWN >= data.total} onClick={() => setPage(page + 1)}>
            Next
          </Button>
        </Box>
      )}
      {adding && <AddDialog by={by} id={id} onClose={() => setAdding(false)} />}
    </Panel>
  );
}
