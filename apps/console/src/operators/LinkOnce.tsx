import { Alert, Box, Typography } from '@mui/material';
import { CodeBlock } from '../kit/Copyable.tsx';
import { Time } from '../kit/Time.tsx';

/** The one-time link, the only time that it is shown. Licet sends no mail: it is handed over by whoever made it. */
export function LinkOnce({ link, id, expiresAt }: { link: string; id: string; expiresAt: string | null }) {
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
      <Alert severity="warning">This is the only time that the link is shown. Whoever opens it first chooses the password of {id}.</Alert>
      <CodeBlock text={new URL(`.${link}`, location.href.split('#')[0]).href} what={`The link for ${id}`} />
      <Typography variant="body2" color="textSecondary">
        Licet sends no mail: hand the link over yourself, in a way that nobody else can read. It works once
        {expiresAt && (
          <>
            , until <Time at={expiresAt} />
          </>
        )}
        .
      </Typography>
    </Box>
  );
}
