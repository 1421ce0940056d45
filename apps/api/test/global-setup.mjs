import { startPostgres } from './postgres.ts';

/** One real PostgreSQL for all specs; each takes a database of its own from it. */
export default async function setup() {
  const postgres = await startPostgres();
  globalThis.licetTestPostgres = postgres;
  process.env['LICET_TEST_POSTGRES'] = postgres.url('postgres');
}
