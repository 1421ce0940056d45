import ChevronIcon from '@mui/icons-material/ChevronRightOutlined';
import { Box, Link, Tooltip, Typography } from '@mui/material';
import { useEffect, type ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import { cut, isLongKey } from './long.ts';
import { Whole } from './Whole.tsx';

export interface Crumb {
  to: string;
  label: string;
}

interface Props {
  title: string;
  /** What stands after the heading, for instance a mark. */
  badge?: ReactNode;
  /** One sentence that says what the page is for. */
  lead?: ReactNode;
  crumbs?: Crumb[];
  actions?: ReactNode;
  children: ReactNode;
}

function Crumbs({ crumbs }: { crumbs: Crumb[] }) {
  return (
    <Box
      component="nav"
      aria-label="Breadcrumb"
      sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 0.25, mb: 0.5, fontSize: 14 }}
    >
      {crumbs.map(({ to, label }) => (
        <Box key={to} sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.25 }}>
          <Link component={RouterLink} to={to} sx={{ py: 0.25, ...(isLongKey(label) ? cut : {}) }}>
            {label}
          </Link>
          <ChevronIcon sx={{ fontSize: 18, color: 'text.secondary' }} />
        </Box>
      ))}
    </Box>
  );
}

/** A heading of one line where it names a long key: what can be done here stands beside it, and must stay in sight. */
function Title({ text }: { text: string }) {
  if (!text.split(/\s/).some(isLongKey)) {
    return (
      <Typography variant="h1" sx={{ overflowWrap: 'anywhere' }}>
        {text}
      </Typography>
    );
  }
  return (
    <Tooltip title={<Whole>{text}</Whole>} describeChild>
      <Typography variant="h1" noWrap tabIndex={0} sx={{ minWidth: 0, maxWidth: '100%' }}>
        {text}
      </Typography>
    </Tooltip>
  );
}

/** A page: its one h1, what it is for, and what can be done here. */
export function Page({ title, badge, lead, crumbs, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Licet`;
  }, [title]);
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'flex-start', mb: 2.5 }}>
        <Box sx={{ flex: '1 1 320px', minWidth: 0, maxWidth: '100%' }}>
          {crumbs && <Crumbs crumbs={crumbs} />}
          <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1.25 }}>
            <Title text={title} />
            {badge}
          </Box>
          {lead && (
            <Typography color="textSecondary" sx={{ mt: 0.5, maxWidth: 760, fontSize: 14.5 }}>
              {lead}
            </Typography>
          )}
        </Box>
        {actions && <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>{actions}</Box>}
      </Box>
      {children}
    </>
  );
}
