import { Alert, Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { CodeBlock } from '../kit/Copyable.tsx';
import { ShownOnce } from '../kit/ShownOnce.tsx';
import { Time } from '../kit/Time.tsx';

interface Props {
  link: string;
  id: string;
  expiresAt: string | null;
  /** The button that says that it is kept. */
  children: (kept: () => void) => ReactNode;
}

/** The one-time link, the only time that it is shown. Licet sends no mail: it is handed over by whoever made it. */
export function LinkOnce({ link, id, expiresAt, children }: Props) {
  const text = new URL(`.${link}`, location.href.split('#')[0]).href;
  return (
    <ShownOnce secret={text} what={`the link for ${id}`} loss="Without it, you have to make another link.">
      {(kept) => (
        <>
          <Alert severity="warning">
            This is the only time that the link is shown. Whoever opens it first chooses the password of {id}.
          </Alert>
          <CodeBlock text={text} what={`The link for ${id}`} />
          <Typography variant="body2" color="textSecondary">
            Licet sends no mail: hand the link over yourself, in a way that nobody else can read. It works once
            {expiresAt && (
              <>
                , until <Time at={expiresAt} />
              </>
            )}
            .
          </Typography>
          <Box>{children(kept)}</Box>
        </>
      )}
    </ShownOnce>
  );
}
