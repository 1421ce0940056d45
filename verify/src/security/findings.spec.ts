import { describe, expect, it } from '@jest/globals';
import { Finder } from './findings.ts';

describe('findings', () => {
  it('show a few of each sort and count all, so that one that comes often hides no other', () => {
    const finder = new Finder();
    for (let turn = 0; turn < 50; turn++) finder.probe('500', `turn ${turn}`, 'GET /a 500');
    finder.probe('500', 'turn 50', 'GET /b 500');
    finder.probe('200', false);
    expect(finder.found).toEqual([
      ...['GET /a 500: turn 0', 'GET /a 500: turn 1', 'GET /a 500: turn 2', 'GET /a 500: 50 in all'],
      'GET /b 500: turn 50',
    ]);
    expect([finder.count, finder.counts]).toEqual([52, { '500': 51, '200': 1 }]);
  });
});
