import { Box } from '@mui/material';
import type { ReactNode } from 'react';
import { MONO } from '../root/fonts.ts';

/** A key as code writes it. */
export function Code({ children }: { children: ReactNode }) {
  return (
    <Box component="code" sx={{ fontFamily: MONO, fontSize: '0.92em', overflowWrap: 'break-word' }}>
      {children}
    </Box>
  );
}
