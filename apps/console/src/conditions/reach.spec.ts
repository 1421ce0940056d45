import { describe, expect, it } from '@jest/globals';
import { heirsOf, reachWords } from './reach.ts';

const grant = (role: string, permission = 'task:read') => ({ role, permission, effect: 'allow' as const });
const edges = [
  { role: 'controller', inherits: 'clerk' },
  { role: 'chief', inherits: 'controller' },
  { role: 'clerk', inherits: 'chief' }, // a circle, such as a torn copy may hold
  { role: 'reader', inherits: 'other' },
];

describe('what a change of a condition reaches', () => {
  it('are the roles of the grants, and those that inherit from them at any distance, each once', () => {
    expect(heirsOf(['clerk'], edges)).toEqual(['chief', 'controller']);
    expect(heirsOf(['clerk', 'chief'], edges)).toEqual(['controller']);
    expect(heirsOf(['reader'], edges)).toEqual([]);
  });

  it('is said with its numbers', () => {
    expect(reachWords([grant('reader')], edges)).toBe('1 grant of 1 role');
    expect(reachWords([grant('clerk'), grant('clerk', 'task:delete')], edges)).toBe('2 grants of 1 role, and 2 roles that inherit from it');
    expect(reachWords([grant('other'), grant('clerk'), grant('chief')], edges)).toBe(
      '3 grants of 3 roles, and 2 roles that inherit from them',
    );
  });
});
