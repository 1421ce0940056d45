import type { Explanation } from '@licet/contract';
import { Alert, Box, Button, Card, Link as TextLink, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { errorWords } from '../decisions/words.ts';
import { useCan } from '../kit/access.tsx';
import { ActorLink } from '../kit/ActorLink.tsx';
import { CopyButton } from '../kit/Copyable.tsx';
import { EffectMark } from '../kit/EffectMark.tsx';
import { useSome } from '../kit/read.ts';
import { listPath, RecordLink } from '../kit/RecordLink.tsx';
import { Time } from '../kit/Time.tsx';
import { GivingRoles } from './GivingRoles.tsx';
import { NearMisses } from './NearMisses.tsx';
import { Paths } from './Paths.tsx';
import { askPath, type Question } from './question.ts';
import { groundWords, verdictWords } from './words.ts';

interface Props {
  question: Question;
  explanation: Explanation;
  /** When it was answered. */
  at: number;
}

/** The revision that answered, and what made it. */
function Revision({ revision, newest }: { revision: number; newest: boolean }) {
  const allowed = useCan()('licet.audit-entry:read');
  const { data } = useSome('audit-entries', { filter: { revision }, perPage: 1, enabled: allowed && revision > 0 });
  const entry = data?.items[0];
  return (
    <>
      <TextLink component={Link} to={listPath('audit-entries', { revision })}>
        revision {revision}
      </TextLink>
      {newest && ', the newest'}
      {entry && (
        <>
          {', made '}
          <Time at={entry.at} /> by <ActorLink id={entry.actor} />
          {entry.reason && `: “${entry.reason}”`}
        </>
      )}
    </>
  );
}

/** By which policy, and for when, the answer holds. */
function Grounds({ question, explanation: { decision }, at }: Props) {
  return (
    <Typography
      variant="body2"
      component="div"
      color="textSecondary"
      sx={{ overflowWrap: 'anywhere', '& a': { textDecoration: 'underline' } }}
    >
      <div>
        By the policy of <Revision revision={decision.revision} newest={!question.revision} />.
      </div>
      <div>
        {question.at ? 'At ' : 'Now, '}
        <Time at={question.at ?? new Date(at).toISOString()} as="exact" />.
      </div>
    </Typography>
  );
}

/** The answer, with links to what it names. */
function Verdict({ question, explanation }: Omit<Props, 'at'>) {
  const { decision, tenant } = explanation;
  const words = verdictWords(question, explanation);
  const middle = words.slice(question.subject.length, words.length - tenant.length - 1);
  return (
    <Typography
      variant="h2"
      sx={{ fontSize: '1.25rem', overflowWrap: 'anywhere', '& a': { fontWeight: 'inherit', textDecoration: 'underline' } }}
    >
      {decision.reason === 'unknown_subject' ? (
        question.subject
      ) : (
        <RecordLink resource="users" id={question.subject}>
          {question.subject}
        </RecordLink>
      )}
      {middle}
      {decision.reason === 'unknown_tenant' ? (
        tenant
      ) : (
        <RecordLink resource="tenants" id={tenant}>
          {tenant}
        </RecordLink>
      )}
      .
    </Typography>
  );
}

function Again({ question, revision }: { question: Question; revision: number }) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
      {revision > 0 && (
        <Button size="small" component={Link} to={askPath({ ...question, revision: String(revision - 1) })}>
          As of revision {revision - 1}
        </Button>
      )}
      {(question.revision || question.at) && (
        <Button size="small" component={Link} to={askPath({ ...question, revision: '', at: null })}>
          As of now
        </Button>
      )}
      <CopyButton text={window.location.href} label="Copy the link" what="this question" />
    </Box>
  );
}

/** The decision as every application would get it, its grounds, and what is missing. */
export function Answer({ question, explanation, at }: Props) {
  const { decision, misses, paths } = explanation;
  const told = new Set([...misses, ...paths].map(({ path }) => path.grant));
  return (
    <>
      <Card component="section" aria-label="Answer" sx={{ p: 2.5, mb: 2.5, display: 'grid', gap: 2 }}>
        <Box sx={{ display: 'grid', gap: 0.75, justifyItems: 'start' }}>
          <EffectMark effect={decision.decision ? 'allow' : 'deny'} />
          <Verdict question={question} explanation={explanation} />
          <Typography sx={{ overflowWrap: 'anywhere' }}>{groundWords(question, explanation)}</Typography>
        </Box>
        {decision.errors
          .filter(({ grant }) => !told.has(grant))
          .map((error) => (
            <Alert key={error.grant + error.at} severity="warning">
              {errorWords(error, decision.path)}
            </Alert>
          ))}
        <Grounds question={question} explanation={explanation} at={at} />
        {question.revision && !decision.decision && (
          <Typography variant="body2" color="textSecondary">
            Links lead to the rows as they are today. What has been deleted since is in the audit trail.
          </Typography>
        )}
        <Again question={question} revision={decision.revision} />
      </Card>
      <Paths subject={question.subject} explanation={explanation} />
      <NearMisses question={question} explanation={explanation} />
      <GivingRoles question={question} explanation={explanation} />
    </>
  );
}
