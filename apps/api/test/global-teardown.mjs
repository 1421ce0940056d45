export default async function teardown() {
  await globalThis.licetTestPostgres.stop();
}
