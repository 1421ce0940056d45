import type { SxProps } from '@mui/material';

const FITS = 40;

/** Whether a key is too long for a line of a list. Texts of several words are not: they are broken between the words. */
export const isLongKey = (text: unknown): text is string => typeof text === 'string' && text.length > FITS && !/\s/.test(text);

/** Cuts a key off with an ellipsis. The text is there whole: for whoever copies it, or has it read. */
export const cut = {
  display: 'inline-block',
  maxWidth: 'min(26ch, 60vw)',
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: 'nowrap',
  verticalAlign: 'bottom',
} satisfies SxProps;
