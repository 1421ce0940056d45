import { describe, expect, it } from '@jest/globals';
import { DecisionReason, type Explanation } from '@licet/contract';
import { NO_QUESTION } from './question.ts';
import { groundWords, moreWords, rolesWords, verdictWords } from './words.ts';

const question = { ...NO_QUESTION, subject: 'alice', action: 'delete', type: 'task', id: 't1' };
const answer = (over: Partial<Explanation['decision']> = {}): Explanation => ({
  decision: { decision: false, reason: 'no_matching_grant', path: null, errors: [], revision: 7, ...over },
  tenant: 'acme',
  paths: [],
  misses: [],
  roles: [],
  totals: { paths: 0, misses: 0, roles: 0 },
});

describe('an answer in words', () => {
  it('is a sentence that repeats the question', () => {
    expect(verdictWords(question, answer())).toBe('alice may not delete task t1 in tenant acme.');
    expect(verdictWords({ ...question, id: '' }, answer({ decision: true }))).toBe('alice may delete task in tenant acme.');
  });

  it('has a ground for every reason there is', () => {
    for (const reason of DecisionReason.options) expect(groundWords(question, answer({ reason }))).toMatch(/^[A-Z].*\.$/);
  });

  it('says what is not there, and as of which revision', () => {
    const unknown = answer({ reason: 'unknown_action' });
    expect(groundWords(question, unknown)).toBe('The resource type task has no action delete.');
    expect(groundWords({ ...question, revision: '7' }, unknown)).toBe('The resource type task has no action delete at revision 7.');
    expect(groundWords(question, answer({ reason: 'unknown_tenant' }))).toBe('There is no tenant acme.');
  });

  it('says which roles would help, or that none does', () => {
    const roles = [
      { role: 'admin', conditional: false },
      { role: 'editor', conditional: true },
    ];
    expect(rolesWords(question, { ...answer(), roles })).toBe('No role of alice gives task:delete. These would:');
    expect(rolesWords(question, { ...answer(), roles: roles.slice(1) })).toBe('No role of alice gives task:delete. This one would:');
    expect(rolesWords(question, answer())).toBe('No role gives task:delete.');
  });

  it('says how much a list leaves out', () => {
    expect([moreWords(20, 25), moreWords(3, 3)]).toEqual(['And 5 more.', '']);
  });
});
