import { describe, expect, it } from '@jest/globals';
import { ActionSearchRequest, ResourceSearchRequest, SubjectSearchRequest } from './search.ts';

const subject = { type: 'user', id: 'alice' };
const action = { name: 'read' };
const resource = { type: 'task', id: 't1' };

describe('a search request', () => {
  it('needs no id of what is searched for, and ignores one', () => {
    const anybody = SubjectSearchRequest.parse({ subject: { ...subject, properties: { a: 1 } }, action, resource });
    expect(anybody.subject).toEqual({ type: 'user', properties: { a: 1 } });
    expect(ResourceSearchRequest.parse({ subject, action, resource: { type: 'task' } }).resource).toEqual({ type: 'task' });
    expect(ActionSearchRequest.parse({ subject, action: 5, resource })).toEqual({ subject, resource });
  });

  it('needs the id of everything else', () => {
    const taken = [
      SubjectSearchRequest.safeParse({ subject, action, resource: { type: 'task' } }),
      ResourceSearchRequest.safeParse({ subject: { type: 'user' }, action, resource }),
      ResourceSearchRequest.safeParse({ subject, resource }),
      ActionSearchRequest.safeParse({ subject: { type: 'user' }, resource }),
    ];
    expect(taken.map(({ success }) => success)).toEqual([false, false, false, false]);
  });

  it('takes a page with a token alone, and a limit of 0 or more', () => {
    const pages = [{}, { token: 'abc' }, { limit: 0 }, { limit: -1 }, { limit: 1.5 }, { token: 5 }];
    const taken = pages.map((page) => ActionSearchRequest.safeParse({ subject, resource, page }).success);
    expect(taken).toEqual([true, true, true, false, false, false]);
  });
});
