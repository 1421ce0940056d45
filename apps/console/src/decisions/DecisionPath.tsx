import ArrowIcon from '@mui/icons-material/ArrowForwardOutlined';
import type { LoggedDecision } from '@licet/contract';
import { Box, Link } from '@mui/material';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import { useCan } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { EffectMark } from '../kit/EffectMark.tsx';
import { grantPath } from '../kit/paths.ts';
import { RecordLink } from '../kit/RecordLink.tsx';

type Path = NonNullable<LoggedDecision['path']>;

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

function Grant({ path }: { path: Path }) {
  const name = <Code>{path.permission}</Code>;
  if (!useCan()('licet.grant:read')) return name;
  return (
    <Link component={RouterLink} to={grantPath(path)} sx={{ fontWeight: 500 }}>
      {name}
    </Link>
  );
}

interface Props {
  path: Path;
  subject: string;
  /** What the path is, for assistive technology. */
  label?: string;
}

/** The way from the assignment through the roles to the grant that decided, each step a link to what it is. */
export function DecisionPath({ path, subject, label = 'The path that decided' }: Props) {
  const [assigned = '', ...inherited] = path.roles;
  return (
    <Box component="ol" aria-label={label} sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', flexWrap: 'wrap', gap: 1 }}>
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
        <Grant path={path} />
      </Step>
      {path.condition && (
        <Step kind="if" last>
          <RecordLink resource="conditions" id={path.condition} />
        </Step>
      )}
    </Box>
  );
}
