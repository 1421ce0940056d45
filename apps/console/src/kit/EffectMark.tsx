import AllowIcon from '@mui/icons-material/CheckCircleOutlined';
import DenyIcon from '@mui/icons-material/BlockOutlined';
import PartialIcon from '@mui/icons-material/ContrastOutlined';
import { Box } from '@mui/material';
import { alpha } from '@mui/material/styles';
import type { ReactNode } from 'react';

type Effect = 'allow' | 'deny' | 'partial';

const LOOKS = {
  allow: { Icon: AllowIcon, color: 'success', word: 'Allow' },
  deny: { Icon: DenyIcon, color: 'error', word: 'Deny' },
  partial: { Icon: PartialIcon, color: 'info', word: 'Partial' },
} as const;

interface Props {
  effect: Effect;
  children?: ReactNode;
}

/** Allow, Deny, or only half of what is needed: a symbol and the word, never the colour alone. */
export function EffectMark({ effect, children }: Props) {
  const { Icon, color, word } = LOOKS[effect];
  return (
    <Box
      component="span"
      sx={(theme) => {
        const { main } = theme.palette[color];
        return {
          display: 'inline-flex',
          alignItems: 'center',
          gap: 0.5,
          px: 0.875,
          height: 24,
          borderRadius: 1,
          fontSize: 13,
          fontWeight: 650,
          whiteSpace: 'nowrap',
          color: main,
          bgcolor: alpha(main, theme.palette.mode === 'dark' ? 0.16 : 0.08),
        };
      }}
    >
      <Icon sx={{ fontSize: 16 }} />
      {children ?? word}
    </Box>
  );
}
