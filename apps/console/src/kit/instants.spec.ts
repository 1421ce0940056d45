import { describe, expect, it } from '@jest/globals';
import { fromLocalInput, stateOf, toLocalInput } from './instants.ts';

describe('local input', () => {
  it('comes back as the same instant, to the minute', () => {
    const instant = '2026-03-29T10:15:00.000Z';
    expect(fromLocalInput(toLocalInput(instant))).toBe(instant);
  });

  it('is empty for no instant, and no instant when it is empty or no time', () => {
    expect([toLocalInput(null), toLocalInput('soon')]).toEqual(['', '']);
    expect([fromLocalInput(''), fromLocalInput('soon')]).toEqual([null, null]);
  });
});

describe('stateOf', () => {
  const now = Date.parse('2026-06-01T00:00:00Z');
  it.each([
    [null, null, 'in force'],
    ['2026-06-02T00:00:00Z', null, 'not yet'],
    ['2026-06-01T00:00:00Z', null, 'in force'],
    [null, '2026-06-01T00:00:00Z', 'ended'],
    [null, '2026-06-01T00:00:01Z', 'in force'],
  ] as const)('of an assignment from %s until %s is %s', (startsAt, expiresAt, state) => {
    expect(stateOf({ startsAt, expiresAt }, now)).toBe(state);
  });
});
