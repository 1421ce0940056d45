import { describe, expect, it } from '@jest/globals';
import { EvaluationRequest } from '@licet/contract';
import { snippets } from './snippets.ts';

const made = snippets({ url: 'https://licet.example', key: 'lct_1_abc', name: 'tasks', permission: 'invoice:approve' });

describe('snippets', () => {
  it('carry the address, the key and a permission of the operator’s own policy', () => {
    for (const { text } of made) {
      expect(text).toContain('https://licet.example');
      expect(text).toContain('lct_1_abc');
      expect(text).toMatch(/invoice:approve|"approve"/);
    }
  });

  it('ask a question of the right shape with curl', () => {
    const body = /-d '(.*)'/.exec(made.find(({ id }) => id === 'curl')?.text ?? '')?.[1] ?? '';
    expect(EvaluationRequest.parse(JSON.parse(body))).toMatchObject({ action: { name: 'approve' }, resource: { type: 'invoice' } });
  });
});
