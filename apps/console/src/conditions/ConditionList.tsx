import RuleIcon from '@mui/icons-material/RuleOutlined';
import type { CollectionRow } from '@licet/contract';
import { Code } from '../kit/Code.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { CreateButton, ListPage } from '../kit/ListPage.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import type { Column } from '../kit/Rows.tsx';
import { Time } from '../kit/Time.tsx';

const columns: Column<CollectionRow<'conditions'>>[] = [
  { label: 'Condition', sort: 'id', render: ({ id }) => <RecordLink resource="conditions" id={id} strong /> },
  { label: 'Expression', render: ({ expression }) => <Code>{expression}</Code> },
  { label: 'Description', render: ({ description }) => description },
  { label: 'Changed', sort: 'updatedAt', wideOnly: true, render: ({ updatedAt }) => <Time at={updatedAt} as="relative" /> },
];

const create = <CreateButton resource="conditions" permission="licet.condition:create" label="Create condition" />;

export function ConditionList() {
  return (
    <ListPage
      resource="conditions"
      title="Conditions"
      lead="Named rules over subject, action, resource and context. A grant can depend on one."
      actions={create}
      columns={columns}
      empty={
        <EmptyState icon={RuleIcon} title="No conditions yet" actions={create}>
          Use one where the role alone does not decide, for instance: only the owner may delete a task.
        </EmptyState>
      }
    />
  );
}
