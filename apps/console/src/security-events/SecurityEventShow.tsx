import { Panel, ShowPage } from '../kit/ShowPage.tsx';
import { SecurityEventDetail } from './SecurityEventDetail.tsx';
import { describe, whoOf } from './words.ts';

export function SecurityEventShow() {
  return (
    <ShowPage
      resource="security-events"
      noun="event"
      crumbs={[{ to: '/security-events', label: 'Security events' }]}
      title={(event) => `${whoOf(event)} ${describe(event)}`}
      sections={[
        {
          id: 'event',
          label: 'Event',
          render: (event) => (
            <Panel title="Event">
              <SecurityEventDetail event={event} />
            </Panel>
          ),
        },
      ]}
    />
  );
}
