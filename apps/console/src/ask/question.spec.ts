import { describe, expect, it } from '@jest/globals';
import { ExplainRequest } from '@licet/contract';
import { askPath, fromSearch, NO_QUESTION, questionOf, splitPermission, tidied, toRequest, toSearch, type Question } from './question.ts';

const question: Question = {
  subject: 'service:billing',
  action: 'approve',
  type: 'invoice',
  id: 'a/b & c=d?#"',
  tenant: 'acme',
  subjectProperties: { level: 3 },
  actionProperties: { bulk: true },
  properties: { ownerId: 'bob', tags: ['a', 'b'], nested: { deep: [null, 1.5] } },
  context: { network: 'Büro „Süd“' },
  revision: '12',
  at: '2027-01-01T00:00:00.123Z',
};

describe('a question in the URL', () => {
  it('is the same question when it is read again', () => {
    expect(fromSearch(toSearch(question))).toEqual({ question, complete: true, damaged: [] });
    expect(fromSearch(askPath(question).slice('/ask?'.length)).question).toEqual(question);
  });

  it('holds nothing that is not asked', () => {
    expect(toSearch({ ...NO_QUESTION, subject: 'alice', action: 'read', type: 'task' })).toBe('subject=alice&action=read&type=task');
    expect(toSearch(NO_QUESTION)).toBe('');
  });

  it('is not complete without who, what and on what', () => {
    for (const name of ['subject', 'action', 'type'] as const)
      expect(fromSearch(toSearch({ ...question, [name]: '' })).complete).toBe(false);
    expect(fromSearch('').question).toEqual(NO_QUESTION);
  });

  it('names what cannot be read of it, rather than asking something else', () => {
    for (const text of ['{"ownerId":', '[]', '3', 'null', '"x"']) {
      expect(fromSearch(`subject=a&action=b&type=c&properties=${encodeURIComponent(text)}`).damaged).toEqual(['properties']);
    }
  });
});

describe('toRequest', () => {
  it('is what the API takes, whole', () => {
    const request = toRequest(question);
    expect(ExplainRequest.parse(request)).toEqual(request);
    expect(request).toEqual({
      subject: { type: 'service', id: 'billing', properties: { level: 3 } },
      action: { name: 'approve', properties: { bulk: true } },
      resource: { type: 'invoice', id: 'a/b & c=d?#"', properties: { ...question.properties, tenant: 'acme' } },
      context: question.context,
      at: question.at,
      revision: 12,
    });
  });

  it('leaves out what is empty, and asks about no particular resource as the SDKs do', () => {
    expect(toRequest({ ...NO_QUESTION, subject: 'alice', action: 'create', type: 'task' })).toEqual({
      subject: { type: 'user', id: 'alice' },
      action: { name: 'create' },
      resource: { type: 'task', id: '*' },
    });
  });

  it('asks as of revision 0 too, and lets the API refuse what is no revision', () => {
    expect(toRequest({ ...question, revision: '0' }).revision).toBe(0);
    for (const revision of ['-1', '1.5', 'last']) {
      expect(ExplainRequest.safeParse(toRequest({ ...question, revision })).error?.issues[0]?.path).toEqual(['revision']);
    }
  });
});

describe('questionOf', () => {
  const asked = {
    subject: { type: 'user', id: 'alice', properties: { level: 1 } },
    action: { name: 'delete', properties: { bulk: false } },
    resource: { type: 'task', id: 't1', properties: { tenant: 'acme', ownerId: 'bob' } },
    context: { tenant: 'other', ip: '10.0.0.1' },
  };

  it('asks what the application asked', () => {
    const read = questionOf(asked);
    expect(read).toMatchObject({ subject: 'alice', tenant: 'acme', properties: { ownerId: 'bob' }, revision: '', at: null });
    expect(toRequest(read ?? NO_QUESTION)).toEqual(asked);
    const general = { subject: { type: 'service', id: 'b' }, action: { name: 'list' }, resource: { type: 'task', id: '*' } };
    expect(toRequest(questionOf(general) ?? NO_QUESTION)).toEqual(general);
  });

  it('keeps a tenant that names none among the properties', () => {
    for (const tenant of ['', ' acme', 7]) {
      const odd = { ...asked, resource: { ...asked.resource, properties: { tenant } } };
      expect(toRequest(questionOf(odd) ?? NO_QUESTION)).toEqual(odd);
    }
  });

  it('does not ask about another subject: a type with a colon has no key', () => {
    expect(questionOf({ ...asked, subject: { type: 'a:b', id: 'c' } })).toBeNull();
    expect(questionOf({ ...asked, subject: { type: 'user', id: 'b:c' } })?.subject).toBe('user:b:c');
  });
});

describe('what is typed', () => {
  it('may be a permission in the place of an action', () => {
    expect(splitPermission({ ...NO_QUESTION, action: 'task:delete' })).toMatchObject({ type: 'task', action: 'delete' });
    expect(splitPermission({ ...NO_QUESTION, type: 'task', action: 'task:delete' })).toMatchObject({ type: 'task', action: 'delete' });
  });

  it('stays as it is where that would make another question of it', () => {
    expect(splitPermission({ ...NO_QUESTION, type: 'invoice', action: 'task:delete' })).toMatchObject({ action: 'task:delete' });
    expect(splitPermission({ ...NO_QUESTION, action: 'task:' })).toMatchObject({ type: '', action: 'task:' });
  });

  it('loses the spaces at its ends, and a time that was emptied', () => {
    expect(tidied({ ...NO_QUESTION, subject: ' alice ', revision: ' 3', at: '' })).toMatchObject({
      subject: 'alice',
      revision: '3',
      at: null,
    });
  });
});
