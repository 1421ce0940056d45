import { Box } from '@mui/material';
import { useCan, useConfinement } from '../kit/access.tsx';
import { Page } from '../kit/Page.tsx';
import { Concerns } from './Concerns.tsx';
import { GetStarted } from './GetStarted.tsx';
import { RecentChanges, RecentRefusals } from './Recent.tsx';
import { Tiles } from './Tiles.tsx';
import { useProgress } from './useProgress.ts';

/** What to do next, and what happened last. */
export function Home() {
  const { tasks, ready } = useProgress();
  const [can, confinement] = [useCan(), useConfinement()];
  const lead = confinement ? `Who may do what, and what was refused, ${confinement}.` : 'Who may do what, what changed, and what was refused.';
  const begun = tasks.every(({ done }) => done) || !can('licet.resource-type:create');
  return (
    <Page title="Home" lead={lead}>
      {ready && !begun && <GetStarted tasks={tasks} />}
      <Tiles />
      <Concerns />
      <Box
        sx={{
          display: 'grid',
          columnGap: 2.5,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
          alignItems: 'start',
        }}
      >
        <RecentRefusals />
        <RecentChanges />
      </Box>
    </Page>
  );
}
