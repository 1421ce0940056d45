import type { Explanation } from '@licet/contract';
import { Box, Button, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { AssignLink } from '../assignments/AssignLink.tsx';
import { Can } from '../kit/access.tsx';
import { createPath, RecordLink } from '../kit/RecordLink.tsx';
import { Panel } from '../kit/ShowPage.tsx';
import { Left } from './Paths.tsx';
import type { Question } from './question.ts';
import { permissionAsked, rolesWords } from './words.ts';

interface Props {
  question: Question;
  explanation: Explanation;
}

// Why nothing is held: of other reasons the roles say nothing.
const EXPLAINED = ['no_matching_grant', 'unknown_subject'];

function InMatrix({ permission }: { permission: string }) {
  return (
    <Can permission="licet.grant:read">
      <Button size="small" component={Link} to={`/matrix?permissions=${encodeURIComponent(permission)}`}>
        {permission} in the matrix
      </Button>
    </Can>
  );
}

/** Of a denial without near misses: the roles that would give the permission. */
export function GivingRoles({ question, explanation }: Props) {
  const { decision, misses, roles, totals, tenant } = explanation;
  if (decision.decision || misses.length || !EXPLAINED.includes(decision.reason)) return null;
  const { subject } = question;
  const registered = decision.reason !== 'unknown_subject';
  return (
    <Panel title="Roles that would allow it" lead={rolesWords(question, explanation)}>
      <Box component="ul" aria-label="Roles that give it" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {roles.map(({ role, conditional }) => (
          <Box component="li" key={role} sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 1.5, minHeight: 36 }}>
            <RecordLink resource="roles" id={role} strong />
            <Typography variant="body2" color="textSecondary" component="span" sx={{ flex: '1 1 140px' }}>
              {conditional ? 'under a condition' : ''}
            </Typography>
            {!question.revision && registered && <AssignLink user={subject} role={role} tenant={tenant} />}
          </Box>
        ))}
      </Box>
      <Left shown={roles.length} total={totals.roles} />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 0.5 }}>
        {!registered && !question.revision && (
          <Can permission="licet.user:create">
            <Button size="small" component={Link} to={createPath('users', { id: subject })}>
              Create the user {subject}
            </Button>
          </Can>
        )}
        <InMatrix permission={permissionAsked(question)} />
      </Box>
    </Panel>
  );
}
