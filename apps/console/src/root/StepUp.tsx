import { lazy, Suspense, useEffect, useState } from 'react';
import { onStepUp } from '../providers/client.ts';

const StepUpDialog = lazy(() => import('./StepUpDialog.tsx').then(({ StepUpDialog: component }) => ({ default: component })));

/** Waits for a request that needs a recent proof of who is there, and asks for it. */
export function StepUp() {
  const [settle, setSettle] = useState<{ done: (proven: boolean) => void } | null>(null);
  useEffect(() => {
    onStepUp(() => new Promise((done) => setSettle({ done })));
    return () => onStepUp(null);
  }, []);
  if (!settle) return null;
  const close = (proven: boolean) => {
    setSettle(null);
    settle.done(proven);
  };
  return (
    <Suspense>
      <StepUpDialog onDone={close} />
    </Suspense>
  );
}
