import type { CollectionRow } from '@licet/contract';
import { Alert, Box, Button, Link as TextLink, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { askPath, questionOf } from '../ask/question.ts';
import { Can } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { CodeBlock } from '../kit/Copyable.tsx';
import { EffectMark } from '../kit/EffectMark.tsx';
import { listPath, recordPath, RecordLink } from '../kit/RecordLink.tsx';
import { Fact, Facts } from '../kit/ShowPage.tsx';
import { Time } from '../kit/Time.tsx';
import { DecisionPath } from './DecisionPath.tsx';
import { Remedies } from './Remedies.tsx';
import { errorWords, permissionOf, reasonWords, resourceOf, subjectOf } from './words.ts';

/** The same question, answered with its grounds: by the policy of then, and by that of today. */
function AskAgain({ row }: { row: CollectionRow<'decisions'> }) {
  const question = questionOf(row.request);
  if (!question) return null;
  return (
    <Can permission="licet.decision:explain">
      <Button size="small" variant="outlined" component={Link} to={askPath({ ...question, revision: String(row.revision), at: row.at })}>
        Ask again, as of revision {row.revision}
      </Button>
      <Button size="small" variant="outlined" component={Link} to={askPath(question)}>
        Ask with the policy of today
      </Button>
    </Can>
  );
}

/** All that is recorded about one decision: the answer in words, the path, what went wrong, and the request as it was asked. */
export function DecisionDetail({ row }: { row: CollectionRow<'decisions'> }) {
  const subject = subjectOf(row);
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1 }}>
        <EffectMark effect={row.decision ? 'allow' : 'deny'} />
        <Typography>{reasonWords(row)}</Typography>
      </Box>
      {row.path && <DecisionPath path={row.path} subject={subject} />}
      {row.errors.map((error) => (
        <Alert key={error.grant + error.at} severity="warning">
          {errorWords(error, row.path)}
        </Alert>
      ))}
      {row.reason === 'no_matching_grant' && <Remedies subject={subject} permission={permissionOf(row)} tenant={row.tenant} />}
      <Facts>
        <Fact name="Asked">
          may <RecordLink resource="users" id={subject} /> do <Code>{permissionOf(row)}</Code> on <Code>{resourceOf(row)}</Code>?
        </Fact>
        <Fact name="Tenant">
          <RecordLink resource="tenants" id={row.tenant} />
        </Fact>
        <Fact name="When">
          <Time at={row.at} as="exact" />
        </Fact>
        <Fact name="Decided by">
          {row.source}
          {row.apiKey && (
            <>
              , with the key <RecordLink resource="api-keys" id={row.apiKey} />
            </>
          )}
        </Fact>
        <Fact name="Policy">
          revision{' '}
          <TextLink component={Link} to={listPath('audit-entries', { revision: row.revision })} underline="always">
            {row.revision}
          </TextLink>
        </Fact>
        <Fact name="Id">
          <Code>{row.id}</Code>
        </Fact>
      </Facts>
      <CodeBlock text={JSON.stringify(row.request, null, 2)} what="The request" />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
        <AskAgain row={row} />
        <Button size="small" component={Link} to={recordPath('decisions', row.id)}>
          Link to this decision
        </Button>
        <Button size="small" component={Link} to={listPath('decisions', { subject })}>
          All about {subject}
        </Button>
        <Button size="small" component={Link} to={listPath('decisions', { resource: resourceOf(row) })}>
          All on {resourceOf(row)}
        </Button>
      </Box>
    </Box>
  );
}
