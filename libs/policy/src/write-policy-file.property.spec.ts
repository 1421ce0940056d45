import type { PolicyFile } from '@licet/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePolicyFile } from './parse-policy-file.ts';
import { formatPolicyFile } from './write-policy-file.ts';

describe('formatPolicyFile', () => {
  it('loses nothing of texts of several lines, wherever they stand', () => {
    const PIECES = [
      '\n',
      '\n',
      ' ',
      '\t',
      '\r',
      '-',
      ':',
      '?',
      '#',
      '|',
      '>',
      '"',
      "'",
      '{',
      '}',
      ',',
      '...',
      '---',
      'a',
      'a: b',
      'long '.repeat(30),
    ];
    const lines = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(''));
    const described = (description: string) => ({ description });
    fc.assert(
      fc.property(lines, fc.boolean(), (value, long) => {
        const more: Record<string, string> = long ? { long: 'long '.repeat(30) } : {};
        const file: PolicyFile = {
          licet: 1,
          tenants: { a: described(value) },
          resourceTypes: { task: { ...described(value), actions: { read: value, ...more }, attributes: {} } },
          conditions: { c: { expression: value, ...described(value) }, short: value },
          roles: { r: { ...described(value), inherits: [], grants: [{ permission: 'task:read', when: value }] } },
          users: { b: { enabled: true, attributes: { [value]: value, list: [value, [value]], map: { [value]: { x: value } }, ...more } } },
          assignments: [{ user: 'b', role: 'r', tenant: 'default', reason: value }],
        };
        expect(parsePolicyFile(formatPolicyFile(file))).toEqual(parsePolicyFile(JSON.stringify(file)));
      }),
      {
        numRuns: 300,
        examples: ['-\nfoo', ':\n|', '?\n\n"', ' \n', '\n \n', ' \na', '  \n a'].flatMap((value) => [
          [value, false],
          [value, true],
        ]),
      },
    );
  });
});
