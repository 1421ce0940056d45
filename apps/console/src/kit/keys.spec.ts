import { describe, expect, it } from '@jest/globals';
import * as contract from '@licet/contract';
import * as keys from './keys.ts';

describe('keys', () => {
  it.each(['alice', 'service:bob', 'user:a:b', 'agent:x y', 'licet.role', ''])('reads `%s` as the contract does', (key) => {
    expect(keys.parseUserKey(key)).toEqual(contract.parseUserKey(key));
    expect(keys.isReserved(key)).toBe(contract.isReserved(key));
    if (key.includes(':')) expect(keys.splitKey(key)).toEqual(contract.splitKey(key));
  });

  it.each([
    ['user', 'alice'],
    ['user', 'a:b'],
    ['service', 'bob'],
  ])('writes the user (%s, %s) as the contract does', (type, id) => {
    expect(keys.userKey(type, id)).toBe(contract.userKey(type, id));
  });

  it('has the contract’s constants', () => {
    expect([keys.RESERVED_PREFIX, keys.ANY_TENANT, keys.DEFAULT_TENANT]).toEqual([contract.RESERVED_PREFIX, contract.ANY_TENANT, contract.DEFAULT_TENANT]);
  });
});
