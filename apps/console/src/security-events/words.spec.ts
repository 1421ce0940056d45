import { describe as group, expect, it } from '@jest/globals';
import { SECURITY_EVENTS, SecurityEventName } from '@licet/contract';
import { describe, EVENT_LABELS, isAboutKey } from './words.ts';

const BLANK: Omit<Parameters<typeof describe>[0], 'event'> = {
  outcome: 'done',
  actor: 'olga',
  target: null,
  method: [],
  detail: null,
  route: null,
};
const told = (event: SecurityEventName, more: object = {}) => describe({ ...BLANK, event, ...more });
const refused = (event: SecurityEventName, detail: string | null, more: object = {}) =>
  told(event, { outcome: 'refused', detail, ...more });

group('what a security event is said as', () => {
  it('is a clause about whoever did it, with how it was shown and why it was refused', () => {
    expect([
      told('sign-in', { method: ['password', 'recovery-code'] }),
      refused('sign-in', 'wrong-password', { method: ['password'] }),
      refused('sign-in', 'wrong-password', { actor: null, method: ['password'] }),
      told('sign-in', { outcome: 'partial', detail: 'second-factor-needed', method: ['password'] }),
      told('access', { outcome: 'partial', detail: 'step-up-needed', route: 'POST /api/v1/api-keys' }),
      refused('sign-in', 'wrong-code', { method: ['password'] }),
      refused('access', 'licet.role:create', { route: 'POST /api/v1/roles' }),
      refused('link', 'forbidden', { method: ['link'] }),
      refused('api-key', 'revoked', { target: '9ccpy9fc2x2c' }),
      refused('api-key', 'unknown'),
      told('passkey-added'),
      told('second-factor-removed', { target: 'tina' }),
    ]).toEqual([
      'signed in with password and recovery code',
      'could not sign in with password: wrong password',
      'could not sign in with password: wrong name or password',
      'began to sign in with password, and was asked for a second factor',
      'asked for POST /api/v1/api-keys, and was asked for a recent proof first',
      'could not sign in with password: it was right, but the code was wrong',
      'was refused POST /api/v1/roles: no permission licet.role:create',
      'could not use a one-time link: it is not valid, or not any more',
      'tried the API key 9ccpy9fc2x2c: the key is revoked',
      'tried an API key: the key is unknown',
      'added a passkey to their own account',
      'took the authenticator app away from tina',
    ]);
  });

  it('names an API key where its name is known, and has its id otherwise', () => {
    const [made, tried] = [{ target: '9ccpy9fc2x2c' }, { outcome: 'refused', detail: 'expired', target: '9ccpy9fc2x2c' }] as const;
    const said = (event: SecurityEventName, more: object) => describe({ ...BLANK, event, ...more }, 'crm');
    expect([said('api-key-added', made), said('api-key', tried), told('api-key-revoked', made)]).toEqual([
      'made the API key crm',
      'tried the API key crm: the key is expired',
      'revoked the API key 9ccpy9fc2x2c',
    ]);
    expect(said('access', { ...tried, detail: 'licet.decision:evaluate', route: 'POST /access/v1/evaluation' })).toBe(
      'was refused POST /access/v1/evaluation with the API key crm: no permission licet.decision:evaluate',
    );
    expect(isAboutKey({ event: 'operator-added', target: 'tina' })).toBe(false);
  });

  it('is there for each event of the contract', () => {
    expect(Object.keys(EVENT_LABELS).sort()).toEqual(Object.keys(SECURITY_EVENTS).sort());
    for (const event of SecurityEventName.options) expect([event, told(event)]).not.toContain('');
  });
});
