import type { SvgIconComponent } from '@mui/icons-material';
import { Box, Typography } from '@mui/material';
import { alpha } from '@mui/material/styles';
import type { ReactNode } from 'react';

interface Props {
  icon?: SvgIconComponent;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

/** Says what is missing here, what it is for, and offers the first thing to do. */
export function EmptyState({ icon: Icon, title, children, actions }: Props) {
  return (
    <Box sx={{ textAlign: 'center', px: 3, py: { xs: 5, sm: 7 }, display: 'grid', justifyItems: 'center', gap: 1 }}>
      {Icon && (
        <Box
          sx={(theme) => ({
            width: 52,
            height: 52,
            borderRadius: '50%',
            display: 'grid',
            placeItems: 'center',
            color: 'primary.main',
            bgcolor: alpha(theme.palette.primary.main, 0.1),
            mb: 0.5,
          })}
        >
          <Icon />
        </Box>
      )}
      <Typography variant="h2">{title}</Typography>
      {children && (
        <Typography component="div" color="textSecondary" sx={{ maxWidth: 560 }}>
          {children}
        </Typography>
      )}
      {actions && <Box sx={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'center', gap: 1, mt: 1.5 }}>{actions}</Box>}
    </Box>
  );
}
