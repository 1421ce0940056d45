import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { useBlocker, useNavigate } from 'react-router-dom';
import { guardPage, type Going } from './leaving.ts';

interface Props {
  /** Whether something would be lost now. */
  when: boolean;
  /** Once this is true nothing is asked any more: what was at stake is saved. */
  released: RefObject<boolean>;
  title: string;
  /** What would be lost. */
  children: ReactNode;
  leave: string;
  stay?: string;
}

/** Asks before a page is left: by a link, by the browser's buttons, by an address that is typed, by signing out; in the browser's words, by closing it. */
export function LeaveQuestion({ when, released, title, children, leave, stay = 'Stay' }: Props) {
  const [going, setGoing] = useState<Going | null>(null);
  const navigate = useNavigate();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => when && !released.current && nextLocation.pathname !== currentLocation.pathname,
  );
  const blocking = useRef(blocker); // another object at each turn
  blocking.current = blocker;
  const { state } = blocker;
  useEffect(() => {
    if (state === 'blocked') setGoing({ go: () => blocking.current.proceed?.(), stay: () => blocking.current.reset?.() });
  }, [state]);
  useEffect(() => {
    if (!when) return undefined;
    const asks = () => !released.current;
    const closing = (event: BeforeUnloadEvent) => {
      if (asks()) event.preventDefault();
    };
    const unguard = guardPage({ asks, ask: setGoing, navigate });
    addEventListener('beforeunload', closing);
    return () => {
      unguard();
      removeEventListener('beforeunload', closing);
    };
  }, [when, released, navigate]);
  if (!going) return null;
  const settle = (settled: () => void) => () => {
    setGoing(null);
    settled();
  };
  const goOn = () => {
    released.current = true;
    going.go();
  };
  return (
    <Dialog open onClose={settle(going.stay)} maxWidth="xs" aria-labelledby="leave-question">
      <DialogTitle id="leave-question">{title}</DialogTitle>
      <DialogContent>{children}</DialogContent>
      <DialogActions>
        <Button color="error" onClick={settle(goOn)}>
          {leave}
        </Button>
        <Button variant="contained" onClick={settle(going.stay)} autoFocus>
          {stay}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
