import MissingIcon from '@mui/icons-material/ErrorOutlineOutlined';
import type { Explanation, NearMiss } from '@licet/contract';
import { Box, Button, Typography } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { DecisionPath } from '../decisions/DecisionPath.tsx';
import { Can, useCan } from '../kit/access.tsx';
import { useAll } from '../kit/read.ts';
import { Panel } from '../kit/ShowPage.tsx';
import { failureWords, remedyFor, type Remedy, type Told } from './failures.ts';
import { telling } from './misses.ts';
import { Left } from './Paths.tsx';
import type { Question } from './question.ts';
import { missing, resourceAsked } from './words.ts';

interface Props {
  question: Question;
  explanation: Explanation;
}

/** What conditions say, as they are now: of a past revision it is not known. */
function useTrees({ question, explanation }: Props): Told['treeOf'] {
  const needed = !question.revision && explanation.misses.some(({ failures }) => failures.some(({ code }) => code === 'condition_false'));
  const allowed = useCan()('licet.condition:read');
  const { data } = useAll('conditions', {}, needed && allowed);
  return (condition) => (needed ? data?.find(({ id }) => id === condition)?.tree : undefined);
}

function RemedyLink({ remedy, of }: { remedy: Remedy; of: string }) {
  return (
    <Can permission={remedy.permission}>
      <Button size="small" component={Link} to={remedy.to} aria-label={`${remedy.label}: ${of}`}>
        {remedy.label}
      </Button>
    </Can>
  );
}

function Miss({ miss, told, editable }: { miss: NearMiss; told: Told; editable: boolean }) {
  const { path, failures } = miss;
  const holder = path.group ?? told.subject;
  const name = `${path.roles[0]}, assigned to ${holder}`;
  return (
    <Box component="li" sx={{ borderTop: 1, borderColor: 'divider', px: 2.5, py: 2, '&:first-of-type': { borderTop: 0 } }}>
      <Typography variant="h3">
        {name}: {missing(failures.length).toLowerCase()}
      </Typography>
      <Box
        component="ul"
        aria-label={`What is missing of ${name}`}
        sx={{ listStyle: 'none', m: 0, p: 0, pt: 0.5, pb: 1.25, display: 'grid', gap: 0.25 }}
      >
        {failures.map((failure) => {
          const remedy = editable ? remedyFor(failure, told) : null;
          return (
            <Box
              component="li"
              key={failure.code}
              sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 1, minHeight: 32, fontSize: 14.5 }}
            >
              <MissingIcon fontSize="small" sx={{ color: 'error.main' }} />
              <Box component="span" sx={{ flex: '1 1 200px', overflowWrap: 'anywhere' }}>
                {failureWords(failure, told)}
              </Box>
              {remedy && <RemedyLink remedy={remedy} of={name} />}
            </Box>
          );
        })}
      </Box>
      <DecisionPath path={path} subject={told.subject} label={`The path of ${name}`} />
    </Box>
  );
}

/** Of a denial: the allows that the subject holds, with all that keeps them from deciding. */
export function NearMisses(props: Props) {
  const { question, explanation } = props;
  const { misses, paths, totals, tenant } = explanation;
  const treeOf = useTrees(props);
  const [all, setAll] = useState(false);
  const told = telling(misses);
  const shown = all ? misses : told;
  const outdone = misses.length - shown.length;
  if (!misses.length) return null;
  const known = { subject: question.subject, tenant, resource: resourceAsked(question), denies: paths.map(({ path }) => path), treeOf };
  return (
    <Panel title="What comes nearest" lead="Each would allow it, if nothing were missing. Those that lack least stand first." flush>
      <Box component="ol" aria-label="What comes nearest" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {shown.map((miss) => (
          <Miss
            key={miss.path.assignment + miss.path.grant + miss.path.roles.join()}
            miss={miss}
            told={{ ...known, path: miss.path }}
            editable={!question.revision}
          />
        ))}
      </Box>
      <Box sx={{ px: 2.5, '&:not(:empty)': { pb: 2 } }}>
        {outdone > 0 && (
          <Button size="small" onClick={() => setAll(true)}>
            Show {outdone} more by the same assignments, which lack more
          </Button>
        )}
        <Left shown={misses.length} total={totals.misses} />
      </Box>
    </Panel>
  );
}
