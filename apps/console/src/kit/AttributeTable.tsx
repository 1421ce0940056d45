import type { Attributes } from '@licet/contract';
import { Box } from '@mui/material';
import { Code } from './Code.tsx';

/** Attributes to read. */
export function AttributeTable({ attributes }: { attributes: Attributes }) {
  const entries = Object.entries(attributes);
  if (!entries.length) return <>none</>;
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 0.5 }}>
      {entries.map(([name, value]) => (
        <li key={name}>
          <Code>
            {name}: {JSON.stringify(value)}
          </Code>
        </li>
      ))}
    </Box>
  );
}
