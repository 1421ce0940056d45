import { describe, expect, it } from '@jest/globals';
import { demandGoodPassword } from './password-rules.ts';
import { hashPassword } from './passwords.ts';

const refusal = (password: string, user = 'grace.murphy') =>
  demandGoodPassword(password, user, 'newPassword').then(
    () => undefined,
    (error: { errors: { path: string; message: string }[] }) => error.errors[0],
  );

describe('a new password', () => {
  it.each([
    'qwerty123456',
    'QWERTY123456',
    'leavemealone',
    'passwordpassword',
    'Password123456!',
    '!!!iloveyou2024',
    'dragondragondragon',
    '123456789012345',
    '2026-01-01 12:00',
  ])('is not one that is tried first: %s', async (password) => {
    expect(await refusal(password)).toEqual({ path: 'newPassword', message: expect.stringContaining('tried first') });
  });

  it.each(['grace.murphy1', 'Grace.Murphy2026', 'licetlicet12', 'our-licet-12'])(
    'is little more than a name that others know: %s',
    async (password) => {
      expect((await refusal(password))?.message).toContain('a name that others know');
    },
  );

  it('is not a few characters over and over', async () => {
    expect((await refusal('aaaabbbbaaaabbbb'))?.message).toContain('over and over');
  });

  it.each(['correct horse battery', 'ünïcödé wörds älso', 'nine licet walruses sing', 'x7#kQ!pL9vR2', 'grace.murphy paints boats'])(
    'may be anything else that is long enough: %s',
    async (password) => {
      expect(await refusal(password)).toBeUndefined();
    },
  );

  it('is kept as Argon2id with 64 MiB and three passes', async () => {
    expect(await hashPassword('correct horse battery')).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  });
});
