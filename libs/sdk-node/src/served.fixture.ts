import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Licet } from './licet.ts';
import type { LicetOptions, Mode } from './settings.ts';
import type { MemoryControlPlane } from './testing.ts';
import { QUICK } from './tasks.fixture.ts';

export const KEY = 'lct_1_secret';
const open: { close: () => unknown }[] = [];

/** To be called after each test. */
export async function closeServed(): Promise<void> {
  for (const thing of open.splice(0).reverse()) await thing.close();
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export async function listen(handler: Handler): Promise<{ url: string; server: Server }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** A control plane in memory over real sockets. */
export interface Served {
  url: string;
  server: Server;
  seen: IncomingMessage[];
  /** What answers in its place, as long as there is something. */
  fault: Handler | undefined;
  answer: Handler;
}

export async function serve(plane: MemoryControlPlane): Promise<Served> {
  const seen: IncomingMessage[] = [];
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks = (await request.toArray()) as Buffer[];
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const given = await plane.fetcher(request.url ?? '', {
      method: request.method as 'GET' | 'POST',
      headers: request.headers as Record<string, string>,
      signal: gone.signal,
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks).toString() } : {}),
    });
    response.writeHead(given.status, Object.fromEntries(given.headers));
    for await (const piece of given.body ?? []) response.write(piece);
    response.end();
  };
  const { url, server } = await listen((request, response) => {
    seen.push(request);
    (served.fault ?? served.answer)(request, response);
  });
  const answer: Handler = (request, response) => void pass(request, response).catch(() => response.destroy());
  const served: Served = { url, server, seen, fault: undefined, answer };
  return served;
}

/** An application that follows a control plane at an address. */
export function connectTo<M extends Mode = 'local'>(url: string, options: LicetOptions<M> = {}) {
  const licet = new Licet<M>({ url, apiKey: KEY, name: 'tasks', ...options, timing: { ...QUICK, ...options.timing } });
  open.push(licet);
  const errors: Error[] = [];
  licet.on('error', (error) => errors.push(error));
  return { licet, errors };
}
