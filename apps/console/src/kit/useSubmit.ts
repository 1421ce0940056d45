import { useState, type SyntheticEvent } from 'react';
import { ApiError } from '../providers/client.ts';

/** Whether the password was right, and a code is asked for besides. */
const needsCode = (error: unknown) => error instanceof ApiError && error.problem?.code === 'second_factor_needed';

/**
 * Sends a form, once at a time. What it was refused with stays until it is sent again; that a code is missing is asked for instead.
 * Once it went through it stays busy: what was sent closes the form, or leaves the page.
 * @param ready whether there is all that is to be sent
 */
export function useSubmit(send: () => Promise<unknown>, ready: () => boolean = () => true) {
  const [busy, setBusy] = useState(false);
  const [codeAsked, setCodeAsked] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const fail = (error: unknown) => (needsCode(error) ? setCodeAsked(true) : setFailure(error));
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    event.stopPropagation(); // React passes it on to the form that waits behind a dialog
    setFailure(null);
    if (!ready()) return;
    setBusy(true);
    send().catch((error: unknown) => {
      fail(error);
      setBusy(false);
    });
  };
  /** What the server said about one member of what was sent. */
  const faultOf = (member: string): string | null => {
    const fault = failure instanceof ApiError ? failure.body.errors?.[member] : undefined;
    return typeof fault === 'string' ? fault : null;
  };
  return { busy, codeAsked, failure, fail, faultOf, submit };
}
