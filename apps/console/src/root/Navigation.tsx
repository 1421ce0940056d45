import { Box, List, ListItem, ListItemButton, ListItemIcon, ListItemText, Typography } from '@mui/material';
import { alpha } from '@mui/material/styles';
import { useId } from 'react';
import { Link, useLocation } from 'react-router-dom';
import { useCan } from '../kit/access.tsx';
import { isOpen, MENU, type MenuEntry, type MenuGroup } from './menu.tsx';

function Entry({ entry, onOpen }: { entry: MenuEntry; onOpen: (() => void) | undefined }) {
  const { pathname } = useLocation();
  const open = isOpen(entry.to, pathname);
  const Icon = entry.icon;
  return (
    <ListItem disablePadding>
      <ListItemButton
        component={Link}
        to={entry.to}
        onClick={onOpen}
        selected={open}
        aria-current={open ? 'page' : undefined}
        sx={(theme) => ({
          borderRadius: 1.5,
          px: 1.25,
          py: { xs: 0.75, md: 0 },
          minHeight: { xs: 38, md: 32 },
          color: 'text.primary',
          '&.Mui-selected, &.Mui-selected:hover': { bgcolor: alpha(theme.palette.primary.main, 0.12), color: 'primary.main' },
        })}
      >
        <ListItemIcon sx={{ minWidth: 34, color: 'inherit' }}>
          <Icon fontSize="small" />
        </ListItemIcon>
        <ListItemText primary={entry.label} slotProps={{ primary: { noWrap: true, sx: { fontSize: 14, fontWeight: open ? 650 : 500 } } }} />
      </ListItemButton>
    </ListItem>
  );
}

function Group({ group, onOpen }: { group: MenuGroup; onOpen: (() => void) | undefined }) {
  const can = useCan();
  const id = useId();
  const entries = group.entries.filter(({ permission }) => !permission || can(permission));
  if (!entries.length) return null;
  return (
    <Box sx={{ mb: { xs: 1.5, md: 1 } }}>
      {group.label && (
        <Typography
          id={id}
          component="h2"
          sx={{
            px: 1.25,
            pb: { xs: 0.5, md: 0.25 },
            fontSize: 11.5,
            fontWeight: 650,
            letterSpacing: '0.07em',
            textTransform: 'uppercase',
            color: 'text.secondary',
          }}
        >
          {group.label}
        </Typography>
      )}
      <List disablePadding aria-labelledby={group.label ? id : undefined} sx={{ display: 'grid', gap: { xs: 0.25, md: 0 } }}>
        {entries.map((entry) => (
          <Entry key={entry.to} entry={entry} onOpen={onOpen} />
        ))}
      </List>
    </Box>
  );
}

/** The pages in their groups, those that the operator may read. */
export function Navigation({ onOpen }: { onOpen?: () => void }) {
  return (
    <Box component="nav" aria-label="Main" sx={{ flex: 1, overflowY: 'auto', px: 1.5, py: 1 }}>
      {MENU.map((group) => (
        <Group key={group.label ?? 'home'} group={group} onOpen={onOpen} />
      ))}
    </Box>
  );
}
