import { describe, expect, it } from '@jest/globals';
import { outcomeText } from './provider.ts';

describe('outcomeText', () => {
  it('has a sentence for each word of the server, and says nothing for any other', () => {
    for (const word of ['denied', 'lacking', 'refused', 'unavailable', 'expired', 'unknown', 'taken']) {
      expect(outcomeText(word, 'Example')).toMatch(/^[A-Z].*\.$/);
    }
    for (const word of [null, '', 'in', 'linked', 'code', 'constructor', '<b>x</b>']) expect(outcomeText(word, 'Example')).toBeNull();
  });
});
