export interface Going {
  go: () => void;
  stay: () => void;
}

interface Guard {
  /** Whether something would be lost now. */
  asks: () => boolean;
  /** Asks the operator, and does what was answered. */
  ask: (going: Going) => void;
  navigate: (path: string) => void;
}

let guard: Guard | null = null;

/** Sets who guards the page that is open. Returns what ends the guarding. */
export function guardPage(next: Guard): () => void {
  guard = next;
  return () => {
    if (guard === next) guard = null;
  };
}

/** Asks whether the operator may sign out, which is no way to another page. */
export const mayLeave = (): Promise<boolean> =>
  guard?.asks() ? new Promise((answer) => guard?.ask({ go: () => answer(true), stay: () => answer(false) })) : Promise.resolve(true);

const isOfRouter = (state: unknown) => typeof (state as { idx?: unknown } | null)?.idx === 'number';

/**
 * Puts the question before an address that is typed: the router cannot, since the entry in the browser's history is none of its own.
 * Must be called before the router is made, whose listener would come first otherwise.
 */
export function watchAddress(): void {
  let restoring = false;
  addEventListener('popstate', (event) => {
    if (restoring) {
      restoring = false;
      event.stopImmediatePropagation();
      return;
    }
    const asked = guard;
    if (!asked?.asks() || isOfRouter(event.state)) return;
    event.stopImmediatePropagation();
    const wanted = location.hash.replace(/^#/, '') || '/';
    restoring = true;
    history.back();
    asked.ask({ go: () => asked.navigate(wanted), stay: () => undefined });
  });
}
