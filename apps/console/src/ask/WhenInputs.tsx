import type { CollectionRow, Page } from '@licet/contract';
import { Box, Button, Typography } from '@mui/material';
import { useState } from 'react';
import { useFormContext, useWatch } from 'react-hook-form';
import { useCan } from '../kit/access.tsx';
import { InstantInput } from '../kit/InstantInput.tsx';
import { TextInput } from '../kit/inputs.tsx';
import { messageOf } from '../kit/Words.tsx';
import { api } from '../providers/client.ts';
import { listQuery } from '../providers/query.ts';
import type { Question } from './question.ts';

/** The newest revision that had been made by then. */
async function revisionAt(at: string): Promise<number> {
  const query = listQuery('audit-entries', { page: 1, perPage: 1, filter: { until: at } });
  const { body } = await api<Page<CollectionRow<'audit-entries'>>>('GET', `audit-entries?${query}`);
  return body.items[0]?.revision ?? 0;
}

/** A time alone is asked with the policy of today: offers the revision that was in force then. */
function PolicyOfThen() {
  const { setValue, setError } = useFormContext<Question>();
  const [at, revision] = useWatch<Question, ['at', 'revision']>({ name: ['at', 'revision'] });
  const [busy, setBusy] = useState(false);
  const allowed = useCan()('licet.audit-entry:read');
  if (!allowed || !at || revision || Date.parse(at) > Date.now()) return null;
  const fill = () => {
    setBusy(true);
    revisionAt(at)
      .then(
        (found) => setValue('revision', String(found)),
        (error: unknown) => setError('revision', { message: messageOf(error) }),
      )
      .finally(() => setBusy(false));
  };
  return (
    <Typography variant="body2" component="div" color="textSecondary">
      The time counts for periods and conditions; the policy is that of today.{' '}
      <Button size="small" onClick={fill} disabled={busy}>
        Take the policy of then
      </Button>
    </Typography>
  );
}

/** As of when: for the auditor. */
export function WhenInputs() {
  return (
    <Box sx={{ display: 'grid', gap: 1 }}>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 230px), 1fr))' }}>
        <TextInput source="revision" label="As of revision" placeholder="newest" textField={{ slotProps: NUMBER }} />
        <InstantInput source="at" label="At" helper="Empty: now." />
      </Box>
      <PolicyOfThen />
    </Box>
  );
}

const NUMBER = { htmlInput: { inputMode: 'numeric' }, inputLabel: { shrink: true } } as const;
