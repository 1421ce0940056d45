import type { Explanation } from '@licet/contract';
import { Box, Typography } from '@mui/material';
import { DecisionPath } from '../decisions/DecisionPath.tsx';
import { conditionFailureWords } from '../decisions/words.ts';
import { Panel } from '../kit/ShowPage.tsx';
import { moreWords } from './words.ts';

/** The shortest paths that decide, each enough by itself. */
export function Paths({ subject, explanation: { paths, totals } }: { subject: string; explanation: Explanation }) {
  if (!paths.length) return null;
  const several = paths.length > 1;
  return (
    <Panel
      title={several ? 'The paths that decide' : 'The path that decides'}
      lead={several ? 'Each of them is enough. Longer ones are left out.' : ''}
    >
      <Box sx={{ display: 'grid', gap: 2 }}>
        {paths.map(({ path, error }, index) => (
          <Box key={path.assignment + path.grant + path.roles.join()}>
            <DecisionPath path={path} subject={subject} label={several ? `Path ${index + 1} that decides` : 'The path that decides'} />
            {error && (
              <Typography variant="body2" sx={{ mt: 0.75 }}>
                Condition {path.condition} could not be evaluated: {conditionFailureWords(error)}. A deny that errs applies.
              </Typography>
            )}
          </Box>
        ))}
        <Left shown={paths.length} total={totals.paths} />
      </Box>
    </Panel>
  );
}

/** Says what a list leaves out. */
export function Left({ shown, total }: { shown: number; total: number }) {
  const words = moreWords(shown, total);
  return words ? (
    <Typography variant="body2" color="textSecondary">
      {words}
    </Typography>
  ) : null;
}
