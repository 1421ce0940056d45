import { Panel, ShowPage } from '../kit/ShowPage.tsx';
import { DecisionDetail } from './DecisionDetail.tsx';
import { permissionOf, resourceOf, subjectOf } from './words.ts';

export function DecisionShow() {
  return (
    <ShowPage
      resource="decisions"
      noun="decision"
      crumbs={[{ to: '/decisions', label: 'Decision log' }]}
      title={(row) => `${row.decision ? 'Allowed' : 'Denied'}: ${subjectOf(row)}, ${permissionOf(row)} on ${resourceOf(row)}`}
      sections={[
        {
          id: 'decision',
          label: 'Decision',
          render: (row) => (
            <Panel title="Decision">
              <DecisionDetail row={row} />
            </Panel>
          ),
        },
      ]}
    />
  );
}
