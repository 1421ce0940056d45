import FactCheckIcon from '@mui/icons-material/FactCheckOutlined';
import type { CollectionRow } from '@licet/contract';
import { Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { Can } from '../kit/access.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { SelectFilter, TextFilter } from '../kit/Filters.tsx';
import { IdFilter } from '../kit/IdFilter.tsx';
import { LogPage } from '../kit/LogPage.tsx';
import type { LogRow } from '../kit/LogRows.tsx';
import { PeriodFilter } from '../kit/PeriodFilter.tsx';
import { Time } from '../kit/Time.tsx';
import { DecisionDetail } from './DecisionDetail.tsx';
import { DecisionLine } from './DecisionLine.tsx';
import { REASON_LABELS } from './words.ts';

const DECISIONS = [
  { value: 'true', label: 'Allow' },
  { value: 'false', label: 'Deny' },
];
const REASONS = Object.entries(REASON_LABELS).map(([value, label]) => ({ value, label }));

const row = (decision: CollectionRow<'decisions'>): LogRow => ({
  id: decision.id,
  time: <Time at={decision.at} as="exact" />,
  line: <DecisionLine row={decision} />,
  detail: () => <DecisionDetail row={decision} />,
});

export function DecisionLog() {
  return (
    <LogPage
      resource="decisions"
      title="Decision log"
      lead="What applications asked, what they were told, and why."
      search="Search who or what"
      filters={
        <>
          <SelectFilter source="decision" label="Decision" choices={DECISIONS} />
          <SelectFilter source="reason" label="Reason" choices={REASONS} />
          <IdFilter resource="users" source="subject" label="Subject" width={120} />
          <TextFilter source="action" label="Action" width={110} whole="read" />
          <TextFilter source="resource" label="Resource" width={120} />
          <TextFilter source="source" label="Application" width={130} whole="the whole name" />
          <PeriodFilter />
        </>
      }
      empty={
        <EmptyState
          icon={FactCheckIcon}
          title="No decisions yet"
          actions={
            <Can permission="licet.api-key:read">
              <Button component={Link} to="/api-keys" variant="contained">
                Connect an application
              </Button>
            </Can>
          }
        >
          As soon as an application asks Licet whether somebody may do something, the question, the answer and the reason stand here.
        </EmptyState>
      }
      row={row}
    />
  );
}
