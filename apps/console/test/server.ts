import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answered {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

let server: Server | undefined;
const browserFetch = globalThis.fetch;

/** A real server that notes what it was asked. Paths are relative in the browser: here they are taken from its address. */
export async function serve(answer: (asked: Asked) => Answered): Promise<Asked[]> {
  const seen: Asked[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const asked = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      seen.push(asked);
      const { status, body: json, headers } = answer(asked);
      response.writeHead(status, headers).end(json === undefined ? undefined : JSON.stringify(json));
    });
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  globalThis.fetch = (input, init) => browserFetch(new URL(input as string, base), init);
  return seen;
}

/** Ends what `serve` began. */
export async function stopServing(): Promise<void> {
  globalThis.fetch = browserFetch;
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
}
