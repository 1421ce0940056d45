import { Panel, ShowPage } from '../kit/ShowPage.tsx';
import { SecurityEventDetail } from './SecurityEventDetail.tsx';
import { useDescribe } from './keys.tsx';
import { whoOf } from './words.ts';

export function SecurityEventShow() {
  const describe = useDescribe();
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
