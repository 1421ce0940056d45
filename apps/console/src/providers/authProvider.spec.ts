import { afterEach, describe, expect, it } from '@jest/globals';
import { authProvider } from './authProvider.ts';

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
