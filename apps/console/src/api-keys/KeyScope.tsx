import { Box } from '@mui/material';
import { RecordLink } from '../kit/RecordLink.tsx';
import type { ApiKey } from './KeyState.tsx';
import { scopeOf } from './scopes.ts';

/** The roles of a key's account, with what they let the key do. */
export function KeyScope({ roles }: Pick<ApiKey, 'roles'>) {
  if (roles.length === 0) return <>nothing: its account has no role</>;
  return roles.map(({ role, tenant }) => (
    <Box key={`${role} ${tenant}`}>
      <KeyRole role={role} tenant={tenant} />
      <Box component="ul" sx={{ mt: 0.5, mb: 1, pl: 2.5 }}>
        {(scopeOf(role, tenant) ?? ['whatever that role grants']).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </Box>
    </Box>
  ));
}

export function KeyRole({ role, tenant }: ApiKey['roles'][number]) {
  return (
    <Box>
      <RecordLink resource="roles" id={role} />
      {tenant !== '*' && (
        <>
          {' '}
          in <RecordLink resource="tenants" id={tenant} />
        </>
      )}
    </Box>
  );
}
