import CheckIcon from '@mui/icons-material/CheckOutlined';
import CopyIcon from '@mui/icons-material/ContentCopyOutlined';
import { Box, Button } from '@mui/material';
import { createContext, use, useEffect, useState } from 'react';
import { MONO } from '../root/fonts.ts';

/** Is told what was copied within it. */
export const Copied = createContext<(text: string) => void>(() => undefined);

/** Copies a text. Where the browser refuses, it says so, and the text stays to be selected by hand. */
export function CopyButton({ text, label = 'Copy', what }: { text: string; label?: string; what: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const tell = use(Copied);
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), 2500);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    const clipboard = navigator.clipboard as Clipboard | undefined; // absent without TLS, except on localhost
    if (!clipboard) return setState('refused');
    return clipboard.writeText(text).then(
      () => {
        setState('copied');
        tell(text);
      },
      () => setState('refused'),
    );
  };
  const words = { idle: label, copied: 'Copied', refused: 'Select it and copy' };
  return (
    <>
      <Button
        size="small"
        variant="outlined"
        onClick={() => void copy()}
        startIcon={state === 'copied' ? <CheckIcon /> : <CopyIcon />}
        aria-label={`${words[state]}: ${what}`}
      >
        {words[state]}
      </Button>
      <Box role="status" sx={{ position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' }}>
        {state === 'idle' ? '' : words[state]}
      </Box>
    </>
  );
}

/** Text to be copied: a key or a command, which breaks where it has to, or a program, which stands below the button. */
export function CodeBlock({ text, what }: { text: string; what: string }) {
  const lines = text.includes('\n');
  return (
    <Box sx={{ position: 'relative', border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.default' }}>
      <Box sx={{ position: 'absolute', top: 8, right: 8, bgcolor: 'background.paper', borderRadius: 1 }}>
        <CopyButton text={text} what={what} />
      </Box>
      <Box
        component="pre"
        tabIndex={0}
        role="region"
        aria-label={what}
        sx={{
          m: 0,
          p: 2,
          pr: lines ? 2 : { xs: 2, sm: 14 },
          pt: lines ? 6.5 : { xs: 6.5, sm: 2 },
          overflowX: 'auto',
          ...(lines ? {} : { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }),
          fontFamily: MONO,
          fontSize: 13,
          lineHeight: 1.6,
        }}
      >
        {text}
      </Box>
    </Box>
  );
}
