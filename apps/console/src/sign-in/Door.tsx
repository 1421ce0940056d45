import { Box, Card, Typography } from '@mui/material';
import { useEffect, type ReactNode } from 'react';

/** The page starts anew with the session cookie, and what stood in the address bar, such as a token, is gone from it. */
export function enter() {
  history.replaceState(null, '', '#/');
  location.reload();
}

/** The frame of the pages before sign-in. */
export function Door({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Licet`;
  }, [title]);
  return (
    <Box
      component="main"
      sx={{
        minHeight: '100vh',
        display: 'grid',
        alignContent: 'center',
        justifyItems: 'center',
        px: 2,
        py: 4,
        bgcolor: 'background.default',
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.25, mb: 3 }}>
        <img src="./licet.svg" alt="" width={36} height={36} />
        <Typography component="span" sx={{ fontSize: 22, fontWeight: 700, letterSpacing: '-0.02em' }}>
          Licet
        </Typography>
      </Box>
      <Card sx={{ width: '100%', maxWidth: 440, p: { xs: 3, sm: 4 } }}>
        <Typography variant="h1">{title}</Typography>
        {lead && (
          <Typography color="textSecondary" sx={{ mt: 0.75 }}>
            {lead}
          </Typography>
        )}
        <Box sx={{ mt: 3 }}>{children}</Box>
      </Card>
    </Box>
  );
}
