// Invariant: this stands first. The SQLite binding crashes without a word under an older Node.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`Licet's api needs Node 24 or newer, this is ${process.versions.node}. Start it with \`npm start\`.\n`);
  process.exit(1);
}
const { readSettings } = await import('./settings.ts');
const { createApi } = await import('./app.ts');
const { say } = await import('./http/output.ts');
const { Setup } = await import('./operators/setup.service.ts');

try {
  const settings = readSettings(process.env);
  const api = await createApi(settings);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    say('Stopping: writing what is waiting ...');
    await api.close();
    say('Stopped. Nothing is lost.');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  await api.app.listen(settings.port, settings.host);
  const address = api.fastify.server.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  const url = process.env['LICET_PUBLIC_URL'] ? settings.publicUrl : `${settings.tls ? 'https' : 'http'}://localhost:${port}`;
  settings.publicUrl = url; // passkeys are made for exactly this address, which may have a port that was free only now
  const setup = api.app.get(Setup);
  const first = (await setup.required())
    ? `\nNobody can sign in yet. Make the first operator with this link, which works once:\n  ${setup.newLink(url)}`
    : '';
  // One write: whoever reads the address has the link as well.
  say(`Licet is ready at ${url}${first}`);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const busy = (error as { code?: string }).code === 'EADDRINUSE' ? ' Set LICET_PORT to a free one.' : '';
  process.stderr.write(`Licet could not start: ${message}${busy}\n`);
  process.exit(1);
}
