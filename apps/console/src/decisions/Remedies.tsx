import { Box, Button, Typography } from '@mui/material';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { AssignLink } from '../assignments/AssignLink.tsx';
import { useCan } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { RecordLink } from '../kit/RecordLink.tsx';
import { usePolicy } from '../matrix/usePolicy.ts';
import { remedies } from './remedies.ts';

const SHOWN = 5;

interface Props {
  subject: string;
  permission: string;
  tenant: string;
}

function besides(opens: number): string {
  if (!opens) return 'opens nothing else';
  return opens === 1 ? 'opens 1 other permission' : `opens ${opens} other permissions`;
}

function Offers({ subject, permission, tenant }: Props) {
  const { data } = usePolicy();
  const found = useMemo(() => (data ? remedies(data, permission) : null), [data, permission]);
  if (!found) return null;
  return (
    <Box component="section" aria-label="What would allow it" sx={{ border: 1, borderColor: 'divider', borderRadius: 1, px: 2, py: 1.5 }}>
      <Typography variant="h3" component="h2">
        What would allow it
      </Typography>
      <Typography variant="body2" color="textSecondary">
        {found.length ? (
          'By the policy as it is now, these roles grant it where their conditions hold; the narrowest first.'
        ) : (
          <>
            By the policy as it is now, no role grants <Code>{permission}</Code>.
          </>
        )}
      </Typography>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {found.slice(0, SHOWN).map(({ role, words, opens }) => (
          <Box
            component="li"
            key={role}
            sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 1.5, pt: 0.75, fontSize: 14 }}
          >
            <RecordLink resource="roles" id={role} strong />
            <Box component="span" sx={{ flex: '1 1 220px', color: 'text.secondary' }}>
              {words} · {besides(opens)}
            </Box>
            <AssignLink user={subject} role={role} tenant={tenant} />
          </Box>
        ))}
      </Box>
      {(found.length > SHOWN || !found.length) && (
        <Button size="small" component={Link} to={`/matrix?permissions=${encodeURIComponent(permission)}`}>
          {found.length ? `All ${found.length} in the matrix` : 'Open it in the matrix'}
        </Button>
      )}
    </Box>
  );
}

/** For a refusal for want of a grant: the roles that would have allowed it. */
export function Remedies(props: Props) {
  const can = useCan();
  const allowed = can('licet.grant:read') && can('licet.role:read') && can('licet.resource-type:read');
  return allowed ? <Offers {...props} /> : null;
}
