import { Licet } from '@licet/sdk-node';
import { createApp } from './app.ts';
import { Tasks } from './tasks.ts';

const licet = new Licet({ name: 'express-tasks' });
licet.on('error', (error) => console.error(`Licet: ${error.message}`));
licet.on('online', ({ revision }) => console.log(`Licet: following the policy, revision ${revision}`));

const port = Number(process.env['PORT'] ?? 3000);
const server = createApp(licet, new Tasks()).listen(port, (error) => {
  if (error) throw error;
  const address = server.address();
  console.log(`Tasks are at http://localhost:${typeof address === 'object' && address ? address.port : port}`);
});

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await licet.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
