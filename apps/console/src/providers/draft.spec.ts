import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { draftOf, dropDraft, keepDraft, keptDraft } from './draft.ts';

const draft = { operator: 'grace', path: '/roles/scribe', base: { version: 3 }, values: { description: 'typed', version: 3 } };

/** The part of a browser's storage that is used. */
function storage(refuses = false) {
  const kept = new Map<string, string>();
  const setItem = (key: string, text: string) => {
    if (refuses) throw new Error('QuotaExceededError');
    kept.set(key, text);
  };
  const sessionStorage = { setItem, getItem: (key: string) => kept.get(key) ?? null, removeItem: (key: string) => void kept.delete(key) };
  Object.defineProperty(globalThis, 'sessionStorage', { value: sessionStorage, configurable: true });
  return kept;
}

describe('a draft', () => {
  beforeEach(() => void storage());
  afterEach(() => void Reflect.deleteProperty(globalThis, 'sessionStorage'));

  it('is there for its operator until it is dropped', () => {
    keepDraft(draft);
    expect(draftOf('grace')).toEqual(draft);
    expect(draftOf('grace')).toEqual(draft);
    dropDraft();
    expect(draftOf('grace')).toBeNull();
  });

  it('is gone once somebody else has signed in, also for its own operator', () => {
    keepDraft(draft);
    expect(draftOf('eve')).toBeNull();
    expect(keptDraft()).toBeNull();
    expect(draftOf('grace')).toBeNull();
  });

  it('takes the place of the one before', () => {
    keepDraft(draft);
    keepDraft({ ...draft, path: '/groups/create' });
    expect(draftOf('grace')?.path).toBe('/groups/create');
  });

  it('is none where the browser stores nothing, or stored something else', () => {
    storage(true);
    keepDraft(draft);
    expect(keptDraft()).toBeNull();
    storage().set('licet.draft', '{ torn');
    expect(draftOf('grace')).toBeNull();
    Reflect.deleteProperty(globalThis, 'sessionStorage');
    keepDraft(draft);
    expect(draftOf('grace')).toBeNull();
  });
});
