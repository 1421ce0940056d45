import { Box } from '@mui/material';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { holdPage } from '../providers/authProvider.ts';
import { Copied } from './Copyable.tsx';
import { LeaveQuestion } from './LeaveQuestion.tsx';

interface Props {
  secret: string;
  /** For instance `the API key`. */
  what: string;
  /** What is lost with it. */
  loss: string;
  /** @param kept to be called when the operator says that it is kept */
  children: (kept: () => void) => ReactNode;
}

/** A secret that is shown once. Until it was copied, alone or within something else, or is said to be kept, leaving it is a question. */
export function ShownOnce({ secret, what, loss, children }: Props) {
  const [copied, setCopied] = useState(false);
  const kept = useRef(false);
  useEffect(() => (copied ? undefined : holdPage()), [copied]);
  const note = (text: string) => {
    if (text.includes(secret)) setCopied(true);
  };
  return (
    <Copied value={note}>
      <Box sx={{ display: 'contents' }} onCopy={() => note(getSelection()?.toString() ?? '')}>
        {children(() => (kept.current = true))}
      </Box>
      <LeaveQuestion when={!copied} released={kept} title={`Leave without ${what}?`} leave="Leave all the same" stay="Go back and copy">
        Nothing was copied, and this is not shown again. {loss}
      </LeaveQuestion>
    </Copied>
  );
}
