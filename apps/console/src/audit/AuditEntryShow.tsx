import { ShowPage, Panel } from '../kit/ShowPage.tsx';
import { AuditEntryDetail } from './AuditEntryDetail.tsx';
import { describe } from './describe.ts';

export function AuditEntryShow() {
  return (
    <ShowPage
      resource="audit-entries"
      noun="entry"
      crumbs={[{ to: '/audit-entries', label: 'Audit trail' }]}
      title={(entry) => `${entry.actor} ${describe(entry)}`}
      sections={[
        {
          id: 'entry',
          label: 'Entry',
          render: (entry) => (
            <Panel title="Entry">
              <AuditEntryDetail entry={entry} />
            </Panel>
          ),
        },
      ]}
    />
  );
}
