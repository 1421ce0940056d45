import { Box } from '@mui/material';
import type { ReactNode } from 'react';

/** The whole of a key that was cut, in a tooltip. */
export function Whole({ children }: { children: ReactNode }) {
  return <Box sx={{ overflowWrap: 'anywhere' }}>{children}</Box>;
}
