import type { CollectionRow } from '@licet/contract';
import { Box, Typography } from '@mui/material';
import { historySection } from '../audit/History.tsx';
import { useCan } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { CodeBlock } from '../kit/Copyable.tsx';
import { DeleteButton } from '../kit/DeleteButton.tsx';
import { EffectMark } from '../kit/EffectMark.tsx';
import { useAll } from '../kit/read.ts';
import { RecordLink } from '../kit/RecordLink.tsx';
import { Rows } from '../kit/Rows.tsx';
import { EditButton, Panel, ShowPage } from '../kit/ShowPage.tsx';
import { conditionWords } from './words.ts';

function UsedBy({ id }: { id: string }) {
  const allowed = useCan()('licet.grant:read');
  const { data } = useAll('grants', { condition: id }, allowed);
  if (!data) return null;
  return (
    <Panel title="Used by" lead="The grants that depend on this condition." flush>
      {data.length ? (
        <Rows
          label="Grants with this condition"
          rows={data}
          rowKey={(grant) => grant.id}
          columns={[
            { label: 'Role', render: ({ role }) => <RecordLink resource="roles" id={role} strong /> },
            { label: 'Effect', render: ({ effect }) => <EffectMark effect={effect} /> },
            { label: 'Permission', render: ({ permission }) => <Code>{permission}</Code> },
          ]}
        />
      ) : (
        <Typography sx={{ p: 2.5 }} color="textSecondary">
          No grant depends on it.
        </Typography>
      )}
    </Panel>
  );
}

function Overview({ row }: { row: CollectionRow<'conditions'> }) {
  const words = conditionWords(row.tree);
  return (
    <>
      <Panel title="Expression">
        <CodeBlock text={row.expression} what="The expression" />
        <Box sx={{ mt: 1.5 }}>
          <Typography variant="body2" color="textSecondary">
            In words
          </Typography>
          <Typography>{words.charAt(0).toUpperCase() + words.slice(1)}.</Typography>
        </Box>
      </Panel>
      <UsedBy id={row.id} />
    </>
  );
}

export function ConditionShow() {
  return (
    <ShowPage
      resource="conditions"
      noun="condition"
      crumbs={[{ to: '/conditions', label: 'Conditions' }]}
      title={({ id }) => id}
      lead={({ description }) => description}
      actions={(row) => (
        <>
          <EditButton resource="conditions" id={row.id} permission="licet.condition:update" />
          <DeleteButton resource="conditions" permission="licet.condition:delete" row={row} noun="condition">
            A condition that grants name cannot be deleted: change or remove those grants first.
          </DeleteButton>
        </>
      )}
      sections={[{ id: 'overview', label: 'Overview', render: (row) => <Overview row={row} /> }, historySection('conditions')]}
    />
  );
}
