import AllowIcon from '@mui/icons-material/CheckCircleOutlined';
import DenyIcon from '@mui/icons-material/BlockOutlined';
import { Box } from '@mui/material';
import { alpha } from '@mui/material/styles';
import type { ReactNode } from 'react';

interface Props {
  effect: 'allow' | 'deny';
  children?: ReactNode;
}

/** Allow or Deny: a symbol and the word, never the colour alone. */
export function EffectMark({ effect, children }: Props) {
  const Icon = effect === 'allow' ? AllowIcon : DenyIcon;
  return (
    <Box
      component="span"
      sx={(theme) => {
        const { main } = theme.palette[effect === 'allow' ? 'success' : 'error'];
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
      {children ?? (effect === 'allow' ? 'Allow' : 'Deny')}
    </Box>
  );
}
