import { afterEach, describe, expect, it } from '@jest/globals';
import { authProvider, holdPage, onSessionEnd } from './authProvider.ts';

const at = (hash: string) => Object.assign(globalThis, { window: { location: { hash } } });
afterEach(() => void Reflect.deleteProperty(globalThis, 'window'));

describe('who turns out not to be signed in', () => {
  it.each(['#/', '#/roles', '#/roles/setup/show', '#/account', '#/proof'])('is sent to the sign-in from %s', async (hash) => {
    at(hash);
    expect(await authProvider.logout()).toBeUndefined();
  });

  it.each(['#/setup?token=x', '#/link?token=x'])('stays on %s, which they have opened meanwhile', async (hash) => {
    at(hash);
    expect(await authProvider.logout()).toBe(false);
  });
});

describe('the end of a session', () => {
  it('is told to the page that is open, which keeps what was typed, and leads to the sign-in', async () => {
    let told = 0;
    const enough = onSessionEnd(() => (told += 1));
    await expect(authProvider.checkError({ status: 401 })).rejects.toMatchObject({ redirectTo: '/login' });
    await authProvider.checkError({ status: 403 });
    enough();
    await expect(authProvider.checkError({ status: 401 })).rejects.toThrow('Your session has ended');
    expect(told).toBe(1);
  });

  it('leads nobody away from what is shown once, until it is let go', async () => {
    const releases = [holdPage(), holdPage()];
    releases[0]!();
    await expect(authProvider.checkError({ status: 401 })).resolves.toBeUndefined();
    releases[1]!();
    await expect(authProvider.checkError({ status: 401 })).rejects.toMatchObject({ redirectTo: '/login' });
  });
});
