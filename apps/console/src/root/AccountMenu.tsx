import AccountIcon from '@mui/icons-material/ManageAccountsOutlined';
import DarkIcon from '@mui/icons-material/DarkModeOutlined';
import LightIcon from '@mui/icons-material/LightModeOutlined';
import LogoutIcon from '@mui/icons-material/LogoutOutlined';
import UnfoldIcon from '@mui/icons-material/UnfoldMoreOutlined';
import { Avatar, Box, Button, IconButton, ListItemIcon, Menu, MenuItem, Tooltip, Typography } from '@mui/material';
import { useState } from 'react';
import { useGetIdentity, useLogout, useTheme } from 'react-admin';
import { Link } from 'react-router-dom';
import { useConfinement } from '../kit/access.tsx';
import { mayLeave } from '../kit/leaving.ts';

function ThemeToggle() {
  const [theme, setTheme] = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  const label = `Switch to the ${other} theme`;
  return (
    <Tooltip title={label}>
      <IconButton aria-label={label} onClick={() => setTheme(other)}>
        {theme === 'dark' ? <LightIcon fontSize="small" /> : <DarkIcon fontSize="small" />}
      </IconButton>
    </Tooltip>
  );
}

/** Who is signed in, sign-out, and the theme. */
export function AccountMenu() {
  const { identity } = useGetIdentity();
  const logout = useLogout();
  const confinement = useConfinement();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const name = identity?.fullName ?? '';
  const signOut = async () => {
    setAnchor(null);
    if (await mayLeave()) await logout({}, '/login', false);
  };
  return (
    <Box
      component="section"
      aria-label="Account"
      sx={{ display: 'flex', alignItems: 'center', gap: 0.5, p: 1, borderTop: 1, borderColor: 'divider' }}
    >
      <Button
        color="inherit"
        onClick={(event) => setAnchor(event.currentTarget)}
        aria-haspopup="menu"
        aria-expanded={Boolean(anchor)}
        sx={{ flex: 1, minWidth: 0, justifyContent: 'flex-start', gap: 1, px: 1 }}
      >
        <Avatar aria-hidden="true" sx={{ width: 26, height: 26, fontSize: 13, bgcolor: 'primary.main', color: 'primary.contrastText' }}>
          {name.slice(0, 1).toUpperCase()}
        </Avatar>
        <Box component="span" sx={{ flex: 1, minWidth: 0, textAlign: 'left' }}>
          <Typography component="span" noWrap sx={{ display: 'block', fontSize: 14, fontWeight: 600, lineHeight: 1.3 }}>
            {name}
          </Typography>
          {confinement && (
            <Typography component="span" noWrap variant="caption" color="textSecondary" sx={{ display: 'block', lineHeight: 1.3 }}>
              {confinement}
            </Typography>
          )}
        </Box>
        <UnfoldIcon fontSize="small" />
      </Button>
      <ThemeToggle />
      <Menu
        anchorEl={anchor}
        open={Boolean(anchor)}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'top', horizontal: 'left' }}
        transformOrigin={{ vertical: 'bottom', horizontal: 'left' }}
      >
        <Typography component="li" role="none" variant="body2" color="textSecondary" sx={{ px: 2, pb: 1, maxWidth: 260 }}>
          Signed in as <code>{identity?.id}</code>
          {confinement && `, ${confinement}`}
        </Typography>
        <MenuItem component={Link} to="/account" onClick={() => setAnchor(null)}>
          <ListItemIcon>
            <AccountIcon fontSize="small" />
          </ListItemIcon>
          My account
        </MenuItem>
        <MenuItem onClick={() => void signOut()}>
          <ListItemIcon>
            <LogoutIcon fontSize="small" />
          </ListItemIcon>
          Sign out
        </MenuItem>
      </Menu>
    </Box>
  );
}
