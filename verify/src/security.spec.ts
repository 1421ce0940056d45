import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Installation } from './security/installation.ts';
import { requests } from './security/requests.ts';
import { spellings } from './security/spellings.ts';
import { tenants } from './security/tenants.ts';

const SEED = 11;
const LONG_MS = 60_000;

// The quick share of `npm run verify:security`; the matrix of routes and permissions has a test of its own in apps/api.
describe('a running api', () => {
  let licet: Installation;
  beforeAll(async () => {
    licet = await Installation.start();
  }, LONG_MS);
  afterAll(() => licet.close());

  it(
    'lets nobody in by another spelling of an address',
    async () => {
      expect((await spellings(licet, 10)).found).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'gives and changes nothing of another tenant',
    async () => {
      expect((await tenants(licet, 200, SEED)).found).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'answers spoilt requests as it says, soon, and without a look inside',
    async () => {
      expect((await requests(licet, 400, SEED)).found).toEqual([]);
    },
    LONG_MS,
  );
});
