import { useEffect, useRef, useState, type RefObject } from 'react';
import { useGetIdentity, useNotify } from 'react-admin';
import { useFormContext, useFormState } from 'react-hook-form';
import { useLocation } from 'react-router-dom';
import { onSessionEnd } from '../providers/authProvider.ts';
import { draftOf, dropDraft, keepDraft } from '../providers/draft.ts';
import { sameValue, type Row } from './diff.ts';
import { LeaveQuestion } from './LeaveQuestion.tsx';

/**
 * Within a form: keeps what was typed when the session ends, and puts it back after the sign-in. No form that has this holds a secret.
 * @param saved set once the form was saved, or need not be any more
 */
export function Unsaved({ saved }: { saved: RefObject<boolean> }) {
  const { dirtyFields, defaultValues } = useFormState();
  const dirty = Object.keys(dirtyFields).length > 0;
  useKept(dirty, defaultValues as Row | undefined, saved);
  useTaken();
  return (
    <LeaveQuestion when={dirty} released={saved} title="Leave without saving?" leave="Leave">
      What you entered here has not been saved, and is lost when you leave.
    </LeaveQuestion>
  );
}

function useKept(dirty: boolean, base: Row | undefined, saved: RefObject<boolean>) {
  const { getValues } = useFormContext();
  const { identity } = useGetIdentity();
  const { pathname } = useLocation();
  const operator = identity?.id;
  const latest = useRef(base);
  latest.current = base;
  useEffect(() => {
    if (!dirty || operator === undefined) return undefined;
    return onSessionEnd(() => {
      if (saved.current) return;
      keepDraft({ operator: String(operator), path: pathname, base: latest.current ?? {}, values: getValues() });
      saved.current = true;
    });
  }, [dirty, operator, pathname, getValues, saved]);
}

function useTaken() {
  const { reset, setValue } = useFormContext();
  const { isReady } = useFormState();
  const { identity } = useGetIdentity();
  const { pathname } = useLocation();
  const notify = useNotify();
  // A form that comes filled in by its address is filled in the same turn as it is ready: the draft comes after that.
  const [filled, setFilled] = useState(false);
  useEffect(() => setFilled(isReady), [isReady]);
  const operator = identity?.id;
  useEffect(() => {
    if (!filled || operator === undefined) return;
    const draft = draftOf(String(operator));
    if (draft?.path !== pathname) return;
    dropDraft();
    reset(draft.base); // with the version that it was typed on: what others have saved since then is found at the next save
    for (const [field, value] of Object.entries(draft.values)) {
      if (!sameValue(value, draft.base[field])) setValue(field, value, { shouldDirty: true });
    }
    notify('What you had entered is in the form again. Nothing of it is saved yet.', { type: 'info', autoHideDuration: 8000 });
  }, [filled, operator, pathname, reset, setValue, notify]);
}
