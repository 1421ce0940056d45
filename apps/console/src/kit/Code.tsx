import { Box } from '@mui/material';
import type { ReactNode } from 'react';
import { MONO } from '../root/fonts.ts';
import { cut, isLongKey } from './long.ts';

/** A key as code writes it; one that is too long for a line is cut, and whole on hover. */
export function Code({ children, whole = false }: { children: ReactNode; whole?: boolean }) {
  const long = !whole && isLongKey(children);
  return (
    <Box
      component="code"
      {...(long ? { title: children } : {})}
      sx={{ fontFamily: MONO, fontSize: '0.92em', ...(long ? cut : { overflowWrap: whole ? 'anywhere' : 'break-word' }) }}
    >
      {children}
    </Box>
  );
}
