/** What was typed into a form and not saved when the session ended. */
export interface Draft {
  operator: string;
  /** Of the page that the form is on. */
  path: string;
  /** What the form had been filled with: the row of an edit, with its version. */
  base: Record<string, unknown>;
  values: Record<string, unknown>;
}

// Of the tab alone, and gone with it; sign-in with an identity provider leaves the page, and what is in memory.
const KEY = 'licet.draft';

/** Keeps it until its form takes it. There is one: of the form that was open. A browser that stores nothing keeps nothing. */
export function keepDraft(draft: Draft): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    dropDraft();
  }
}

export function dropDraft(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Without storage there is nothing to drop.
  }
}

/** The draft that is kept, if any, whoever's it is. */
export function keptDraft(): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Draft | null;
  } catch {
    return null;
  }
}

/** What the operator who is signed in had typed on a page before. What somebody else had typed is dropped unread. */
export function draftOf(operator: string): Draft | null {
  const draft = keptDraft();
  if (draft === null || draft.operator === operator) return draft;
  dropDraft();
  return null;
}
