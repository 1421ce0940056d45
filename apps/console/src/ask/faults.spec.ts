import { describe, expect, it } from '@jest/globals';
import { problem } from '@licet/contract';
import { ApiError } from '../providers/client.ts';
import { faultsOf } from './faults.ts';

const refused = (...paths: string[]) =>
  new ApiError('GET', 400, problem('invalid_request', 'no', { errors: paths.map((path) => ({ path, message: 'is odd' })) }));

describe('faultsOf', () => {
  it('puts each fault at the field that its member is edited in', () => {
    const fields = {
      'subject.id': 'subject',
      'subject.type': 'subject',
      'subject.properties.a': 'subjectProperties',
      'action.name': 'action',
      'action.properties': 'actionProperties',
      'resource.type': 'type',
      'resource.id': 'id',
      'resource.properties.tenant': 'tenant',
      'resource.properties.list[3].x': 'properties',
      'context.ip': 'context',
      revision: 'revision',
      at: 'at',
    };
    for (const [path, field] of Object.entries(fields)) expect(faultsOf(refused(path))).toEqual({ [field]: 'Is odd.' });
  });

  it('says a revision that is not there at the revision', () => {
    const ahead = new ApiError('GET', 409, problem('revision_ahead', 'revision: 99 is later than the newest, 12'));
    expect(faultsOf(ahead)).toEqual({ revision: '99 is later than the newest, 12.' });
    const gone = new ApiError('GET', 410, problem('revision_gone', 'the changes up to revision 3 are not all there'));
    expect(faultsOf(gone)).toEqual({ revision: 'The changes up to revision 3 are not all there.' });
  });

  it('blames no field for anything else', () => {
    expect(faultsOf(refused('attribute', '(body)'))).toEqual({});
    expect(faultsOf(new ApiError('GET', 503, problem('unavailable', 'later')))).toEqual({});
    expect(faultsOf(new Error('x'))).toEqual({});
    expect(faultsOf(null)).toEqual({});
  });
});
