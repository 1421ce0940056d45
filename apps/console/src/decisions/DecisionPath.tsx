import ArrowIcon from '@mui/icons-material/ArrowForwardOutlined';
import type { LoggedDecision } from '@licet/contract';
import { Box } from '@mui/material';
import type { ReactNode } from 'react';
import { Code } from '../kit/Code.tsx';
import { EffectMark } from '../kit/EffectMark.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';

function Step({ kind, children, last = false }: { kind: string; children: ReactNode; last?: boolean }) {
  return (
    <Box component="li" sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
      <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1, px: 1.5, py: 0.75, bgcolor: 'background.default', minWidth: 0 }}>
        <Box sx={{ fontSize: 12, color: 'text.secondary' }}>{kind}</Box>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.75, fontSize: 14 }}>{children}</Box>
      </Box>
      {!last && <ArrowIcon fontSize="small" sx={{ color: 'text.secondary' }} />}
    </Box>
  );
}

/** The way from the assignment through the roles to the grant that decided, each step a link to what it is. */
export function DecisionPath({ path, subject }: { path: NonNullable<LoggedDecision['path']>; subject: string }) {
  const [assigned = '', ...inherited] = path.roles;
  return (
    <Box
      component="ol"
      aria-label="The path that decided"
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', flexWrap: 'wrap', gap: 1 }}
    >
      <Step kind="User">
        <RecordLink resource="users" id={subject} />
      </Step>
      {path.group && (
        <Step kind="in group">
          <RecordLink resource="groups" id={path.group} />
        </Step>
      )}
      <Step kind="Assignment">
        <RecordLink resource="assignments" id={path.assignment}>
          {path.group ?? subject} → {assigned}
        </RecordLink>
      </Step>
      <Step kind="Role">
        <RecordLink resource="roles" id={assigned} />
      </Step>
      {inherited.map((role) => (
        <Step key={role} kind="inherits from">
          <RecordLink resource="roles" id={role} />
        </Step>
      ))}
      <Step kind="Grant" last={!path.condition}>
        <EffectMark effect={path.effect} />
        <Code>{path.permission}</Code>
      </Step>
      {path.condition && (
        <Step kind="if" last>
          <RecordLink resource="conditions" id={path.condition} />
        </Step>
      )}
    </Box>
  );
}
