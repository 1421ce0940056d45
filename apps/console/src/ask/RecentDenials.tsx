import { Box, Link, Typography } from '@mui/material';
import { Link as RouterLink } from 'react-router-dom';
import { grouped } from '../decisions/grouped.ts';
import { permissionOf, REASON_LABELS, resourceOf, subjectOf } from '../decisions/words.ts';
import { useCan } from '../kit/access.tsx';
import { useSome } from '../kit/read.ts';
import { Time } from '../kit/Time.tsx';
import { askPath, questionOf } from './question.ts';

const READ = 25;
const SHOWN = 5;

/** What was denied lately: most questions are about that. */
export function RecentDenials() {
  const allowed = useCan()('licet.decision:read');
  const { data } = useSome('decisions', { filter: { decision: false }, perPage: READ, enabled: allowed });
  const denials = grouped(data?.items ?? []).flatMap(({ row }) => {
    const question = questionOf(row.request);
    return question ? [{ row, question }] : [];
  });
  if (!denials.length) return null;
  return (
    <Box sx={{ borderTop: 1, borderColor: 'divider', px: 2.5, py: 2 }}>
      <Typography variant="h3" component="h2" id="lately-denied">
        Denied lately: ask why
      </Typography>
      <Box component="ul" aria-labelledby="lately-denied" sx={{ listStyle: 'none', m: 0, p: 0, fontSize: 14 }}>
        {denials.slice(0, SHOWN).map(({ row, question }) => (
          <Box component="li" key={row.id} sx={{ pt: 1, overflowWrap: 'anywhere' }}>
            <Link component={RouterLink} to={askPath(question)} sx={{ fontWeight: 500 }}>
              {subjectOf(row)}, {permissionOf(row)} on {resourceOf(row)}
            </Link>
            <Box sx={{ color: 'text.secondary', fontSize: 13 }}>
              {REASON_LABELS[row.reason]} · <Time at={row.at} as="relative" />
            </Box>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
