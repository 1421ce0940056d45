import { CreatePage } from '../kit/FormPage.tsx';
import { ConditionHelp } from './ConditionHelp.tsx';
import { ConditionInputs } from './ConditionInputs.tsx';

export function ConditionCreate() {
  return (
    <CreatePage
      resource="conditions"
      title="Create a condition"
      crumbs={[{ to: '/conditions', label: 'Conditions' }]}
      aside={<ConditionHelp />}
      said={({ id }) => `Created the condition ${id}.`}
    >
      <ConditionInputs creating />
    </CreatePage>
  );
}
