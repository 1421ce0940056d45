import { describe, expect, it } from '@jest/globals';
import type { SecurityEvent } from '@licet/contract';
import { concerns } from './attention.ts';
import { describe as say } from './words.ts';

let last = 0;
const event = (more: Partial<SecurityEvent>): SecurityEvent => ({
  ...{ id: String((last += 1)), at: '2026-11-26T10:00:00.000Z', until: '2026-11-26T10:00:00.000Z', event: 'sign-in', outcome: 'refused' },
  ...{ actor: 'tina', target: null, method: ['password'], detail: 'wrong-password', address: '192.0.2.1', route: 'POST /api/v1/session' },
  ...{ count: 1, ...more },
});
const said = (rows: SecurityEvent[]) =>
  concerns(rows).map(({ event, times, addresses }) => `${event.actor ?? addresses.join()} ${say(event)} ${times}`);

describe('what wants a look', () => {
  it('is one line for each account, or each address where nobody has the name, with all tries', () => {
    expect(
      said([
        event({ count: 4 }),
        event({ address: '192.0.2.2' }),
        event({ actor: null, address: '192.0.2.3', count: 9 }),
        event({ actor: null, address: '192.0.2.4' }),
      ]),
    ).toEqual([
      '192.0.2.3 could not sign in with password: wrong name or password 9',
      'tina could not sign in with password: wrong password 5',
      '192.0.2.4 could not sign in with password: wrong name or password 1',
    ]);
  });

  it('says of a line what holds for all of it, and that tries were limited', () => {
    const [line] = concerns([event({ detail: 'throttled', count: 30 }), event({ count: 10, address: '192.0.2.2' })]);
    expect([say(line!.event), line!.times, line!.limited, line!.addresses]).toEqual([
      'could not sign in with password',
      40,
      true,
      ['192.0.2.1', '192.0.2.2'],
    ]);
  });

  it('begins with who may have the password of another, then who guesses, who lacked a permission, what was opened, and strangers last', () => {
    const rows = [
      event({ event: 'access', actor: null, detail: 'no-credentials', method: [], count: 500 }),
      event({ event: 'access', detail: 'licet.role:create', method: [], count: 90 }),
      event({ event: 'api-key-added', outcome: 'done', actor: 'ana', target: 'k1', method: [], detail: null }),
      event({ count: 50 }),
      event({ detail: 'wrong-code' }),
      event({ outcome: 'partial', detail: 'second-factor-needed' }),
    ];
    expect(concerns(rows).map(({ filter }) => filter)).toEqual([
      { event: 'sign-in', outcome: 'refused', actor: 'tina', detail: 'wrong-code' },
      { event: 'sign-in', outcome: 'partial', actor: 'tina', detail: 'second-factor-needed' },
      { event: 'sign-in', outcome: 'refused', actor: 'tina' },
      { event: 'access', outcome: 'refused', actor: 'tina' },
      { event: 'api-key-added', outcome: 'done', actor: 'ana', target: 'k1' },
      { event: 'access', outcome: 'refused', address: '192.0.2.1' },
    ]);
  });

  it('keeps apart each key and operator that was added, and takes the link of an invitation for part of it', () => {
    const made = (what: SecurityEvent['event'], target: string) =>
      event({ event: what, outcome: 'done', actor: 'ana', target, method: [], detail: null });
    const rows = [made('link-made', 'emil'), made('operator-added', 'emil'), made('link-made', 'tina')];
    expect(said([made('api-key-added', 'k1'), made('api-key-added', 'k2'), ...rows])).toEqual([
      'ana made the API key k1 1',
      'ana made the API key k2 1',
      'ana made emil an operator 1',
      'ana made a one-time link for tina 1',
    ]);
  });
});
