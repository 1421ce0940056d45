import type { CollectionRow } from '@licet/contract';
import { Box, Chip } from '@mui/material';
import { Code } from '../kit/Code.tsx';
import { ANY_TENANT } from '../kit/keys.ts';
import { Time } from '../kit/Time.tsx';

export type Operator = CollectionRow<'operators'>;

export function OperatorState({ row }: { row: Operator }) {
  if (row.state === 'disabled') return <Chip size="small" color="error" variant="outlined" label="Disabled" />;
  if (row.state === 'active') return <Chip size="small" color="success" variant="outlined" label="Active" />;
  return (
    <Box sx={{ display: 'inline-flex', gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
      <Chip size="small" color="warning" variant="outlined" label="Invited" />
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {row.linkExpiresAt ? (
          <>
            until <Time at={row.linkExpiresAt} />
          </>
        ) : (
          'the link has run out'
        )}
      </Box>
    </Box>
  );
}

/** The console roles that are assigned directly, each with its tenant. */
export function ConsoleRoles({ row }: { row: Operator }) {
  if (row.roles.length === 0) return <Box sx={{ color: 'text.secondary' }}>none</Box>;
  return (
    <Box sx={{ display: 'flex', gap: 0.75, flexWrap: 'wrap' }}>
      {row.roles.map(({ role, tenant }) => (
        <Box key={`${role} ${tenant}`} component="span">
          <Code>{role}</Code>
          {tenant !== ANY_TENANT && (
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {' '}
              in <Code>{tenant}</Code>
            </Box>
          )}
        </Box>
      ))}
    </Box>
  );
}
