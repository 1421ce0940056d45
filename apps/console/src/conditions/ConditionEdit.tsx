import { EditPage } from '../kit/FormPage.tsx';
import { recordPath } from '../kit/RecordLink.tsx';
import { ConditionHelp } from './ConditionHelp.tsx';
import { CONDITION_LABELS, ConditionInputs } from './ConditionInputs.tsx';
import { ReachDialog } from './ReachDialog.tsx';

export function ConditionEdit() {
  return (
    <EditPage
      resource="conditions"
      title={(id) => `Edit ${id}`}
      lead="Every grant that names this condition follows as soon as it is saved."
      crumbs={(id) => [
        { to: '/conditions', label: 'Conditions' },
        { to: recordPath('conditions', id), label: id },
      ]}
      labels={CONDITION_LABELS}
      aside={<ConditionHelp />}
      said={({ id }) => `Saved the condition ${id}.`}
      review={(review) => <ReachDialog {...review} />}
    >
      <ConditionInputs />
    </EditPage>
  );
}
