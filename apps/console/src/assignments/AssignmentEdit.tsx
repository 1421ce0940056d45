import { EditPage } from '../kit/FormPage.tsx';
import { InstantInput } from '../kit/InstantInput.tsx';
import { TextInput } from '../kit/inputs.tsx';
import { recordPath } from '../kit/RecordLink.tsx';

const LABELS = { startsAt: 'From', expiresAt: 'Until', reason: 'Why it is assigned' };

export function AssignmentEdit() {
  return (
    <EditPage
      resource="assignments"
      title={() => 'Edit an assignment'}
      lead="Only the time and the reason can be changed. To change who, what or where: revoke it and assign anew."
      crumbs={(id) => [
        { to: '/assignments', label: 'Assignments' },
        { to: recordPath('assignments', id), label: 'Assignment' },
      ]}
      labels={LABELS}
      said={(row) => `Saved the assignment of ${String(row['role'])} to ${String(row['user'] ?? row['group'])}.`}
    >
      <InstantInput source="startsAt" label="From" helper="Empty means at once." />
      <InstantInput source="expiresAt" label="Until" presets helper="Empty means without end." />
      <TextInput source="reason" label="Why it is assigned" />
    </EditPage>
  );
}
