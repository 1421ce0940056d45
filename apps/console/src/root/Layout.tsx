import MenuIcon from '@mui/icons-material/MenuOutlined';
import { Box, Drawer, IconButton, Typography, useMediaQuery, type Theme } from '@mui/material';
import { Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { useGetIdentity } from 'react-admin';
import { Link, useLocation, useNavigate } from 'react-router-dom';
import { factorDue as FactorDue } from '../account/index.ts';
import { Waiting } from '../kit/Waiting.tsx';
import { keptDraft } from '../providers/draft.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Navigation } from './Navigation.tsx';
import { StepUp } from './StepUp.tsx';

export const NAVIGATION_WIDTH = 244;
export const TOP_BAR_HEIGHT = 56;

export function Brand() {
  return (
    <Box
      component={Link}
      to="/"
      aria-label="Licet, to the home page"
      sx={{ display: 'flex', alignItems: 'center', gap: 1.25, color: 'text.primary', textDecoration: 'none' }}
    >
      <img src="./licet.svg" alt="" width={28} height={28} />
      <Typography component="span" sx={{ fontSize: 18, fontWeight: 700, letterSpacing: '-0.02em' }}>
        Licet
      </Typography>
    </Box>
  );
}

function SkipLink() {
  return (
    <Box
      component="a"
      href="#main-content"
      onClick={(event) => {
        event.preventDefault(); // the hash is the router's
        document.getElementById('main-content')?.focus();
      }}
      sx={{
        position: 'fixed',
        top: -100,
        left: 12,
        zIndex: 2000,
        px: 2,
        py: 1,
        borderRadius: 1,
        bgcolor: 'primary.main',
        color: 'primary.contrastText',
        '&:focus': { top: 12 },
      }}
    >
      Skip to the content
    </Box>
  );
}

function TopBar({ onMenu }: { onMenu: () => void }) {
  return (
    <Box
      component="header"
      sx={{
        position: 'sticky',
        top: 0,
        zIndex: 1100,
        height: TOP_BAR_HEIGHT,
        px: 1,
        display: 'flex',
        alignItems: 'center',
        gap: 1,
        bgcolor: 'background.paper',
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <IconButton aria-label="Open the menu" onClick={onMenu}>
        <MenuIcon />
      </IconButton>
      <Brand />
    </Box>
  );
}

function Side({ onOpen }: { onOpen?: () => void }) {
  return (
    <>
      <Box component="header" sx={{ px: 2.5, py: 2 }}>
        <Brand />
      </Box>
      <Navigation {...(onOpen ? { onOpen } : {})} />
      <AccountMenu />
    </>
  );
}

/** Whoever comes back from an identity provider is at the home page: on to the form whose draft is kept. */
function useDraftPage() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const led = useRef(false);
  useEffect(() => {
    const path = led.current || pathname !== '/' ? undefined : keptDraft()?.path;
    led.current = true;
    if (path) navigate(path, { replace: true });
  }, [navigate, pathname]);
}

/** The frame of every page: navigation at the side, in a drawer below 900 px. */
export function Layout({ children }: { children: ReactNode }) {
  const wide = useMediaQuery((theme: Theme) => theme.breakpoints.up('md'), { noSsr: true });
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();
  const { identity } = useGetIdentity();
  const main = useRef<HTMLElement>(null);
  useDraftPage();
  const first = useRef(true);
  // A new page is announced and read from its beginning, as after a real navigation.
  useEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [pathname]);
  return (
    <Box sx={{ display: 'flex', minHeight: '100vh', bgcolor: 'background.default' }}>
      <SkipLink />
      <StepUp />
      {wide ? (
        <Box
          sx={{
            width: NAVIGATION_WIDTH,
            flexShrink: 0,
            position: 'sticky',
            top: 0,
            height: '100vh',
            display: 'flex',
            flexDirection: 'column',
            bgcolor: 'background.paper',
            borderRight: 1,
            borderColor: 'divider',
          }}
        >
          <Side />
        </Box>
      ) : (
        <Drawer open={open} onClose={() => setOpen(false)} slotProps={{ paper: { sx: { width: 280 }, 'aria-label': 'Menu' } }}>
          <Side onOpen={() => setOpen(false)} />
        </Drawer>
      )}
      <Box sx={{ flex: 1, minWidth: 0 }}>
        {!wide && <TopBar onMenu={() => setOpen(true)} />}
        <Box
          component="main"
          id="main-content"
          ref={main}
          tabIndex={-1}
          sx={{ px: { xs: 2, sm: 3, lg: 4 }, py: { xs: 2, md: 3 }, maxWidth: 1680, mx: 'auto' }}
        >
          <ErrorBoundary page={pathname}>
            <Suspense fallback={<Waiting />}>{identity?.['secondFactorDue'] ? <FactorDue /> : children}</Suspense>
          </ErrorBoundary>
        </Box>
      </Box>
    </Box>
  );
}
