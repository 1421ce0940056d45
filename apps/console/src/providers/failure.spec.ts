import { describe, expect, it } from '@jest/globals';
import { problem } from '@licet/contract';
import { failureText, fieldErrors } from './failure.ts';

describe('fieldErrors', () => {
  it('puts a fault at its field, nested ones too', () => {
    const items = [
      { path: 'id', message: 'is taken' },
      { path: 'actions[1].name', message: 'is empty' },
      { path: 'attributes.ownerId', message: 'no such type' },
    ];
    expect(JSON.parse(JSON.stringify(fieldErrors(items)))).toEqual({
      id: 'is taken',
      actions: { 1: { name: 'is empty' } },
      attributes: { ownerId: 'no such type' },
    });
  });

  it('says where in a text a fault is', () => {
    expect(fieldErrors([{ path: 'expression', message: '1:25: the condition ends too early' }])['expression']).toBe(
      'Line 1, column 25: the condition ends too early',
    );
  });

  it('keeps the first of two faults at one field', () => {
    const errors = fieldErrors([
      { path: 'id', message: 'first' },
      { path: 'id', message: 'second' },
    ]);
    expect(errors['id']).toBe('first');
  });

  it('leaves out faults of the whole request', () => {
    expect(Object.keys(fieldErrors([{ path: '(body)', message: 'no object' }]))).toEqual([]);
  });

  it('cannot be made to reach a prototype', () => {
    fieldErrors([{ path: '__proto__.polluted', message: 'yes' }]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('failureText', () => {
  it('says that a refused write changed nothing', () => {
    expect(failureText('POST', 409, problem('already_exists', '`viewer` exists already'))).toBe(
      '`viewer` exists already. Nothing was changed.',
    );
  });

  it('does not claim to know what a write did when no answer came, or the server failed', () => {
    expect(failureText('PATCH', 0, null)).toContain('not known whether');
    expect(failureText('PATCH', 500, problem('internal', 'Internal error.', { requestId: 'r1' }))).toMatch(
      /not known whether.*\(request r1\)$/,
    );
  });

  it('says of a failed reading only what failed', () => {
    expect(failureText('GET', 403, problem('forbidden', 'you need licet.role:read'))).toBe('You need licet.role:read.');
    expect(failureText('GET', 0, null)).toContain('cannot be reached');
  });

  it('has words for an answer that is no problem document', () => {
    expect(failureText('GET', 502, null)).toBe('The server answered with status 502.');
  });
});
