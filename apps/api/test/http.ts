import { connect } from 'node:net';
import type { Api } from '../src/app.ts';

/** Listens on a free port; returns the address. */
export async function listen(api: Api): Promise<{ url: string; port: number }> {
  await api.app.listen(0, '127.0.0.1');
  const address = api.fastify.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, port };
}

/** Sends a request target exactly as it stands here, which HTTP clients would tidy up first. Resolves with the whole answer. */
export function sendRaw(port: number, target: string, headers: string[] = [], method = 'GET'): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('error', reject);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    });
    socket.write(
      Buffer.from(`${[`${method} ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`, 'latin1'),
    );
  });
}

export interface ServerEvent {
  id: string | undefined;
  event: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test states what it expects of it
  data: any;
}

/** An open event stream, read one event at a time. */
export class EventStream {
  readonly status: number;
  readonly headers: Headers;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort: AbortController;
  readonly #decoder = new TextDecoder();
  #text = '';

  private constructor(answer: Response, abort: AbortController) {
    this.status = answer.status;
    this.headers = answer.headers;
    this.#reader = answer.body!.getReader();
    this.#abort = abort;
  }

  static async open(url: string, headers: Record<string, string>): Promise<EventStream> {
    const abort = new AbortController();
    const answer = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: abort.signal });
    return new EventStream(answer, abort);
  }

  /** The next event; undefined when the stream has ended. */
  async next(): Promise<ServerEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const field = (name: string) =>
          block
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2);
        const event = field('event');
        if (event) return { id: field('id'), event, data: JSON.parse(field('data') ?? 'null') };
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** The next `count` changes; heartbeats between them are passed over. */
  async changes(count: number): Promise<ServerEvent[]> {
    const found: ServerEvent[] = [];
    while (found.length < count) {
      const event = await this.next();
      if (!event) throw new Error(`the stream ended after ${found.length} of ${count} changes`);
      if (event.event === 'change') found.push(event);
    }
    return found;
  }

  /** Everything up to the end of the stream. */
  async rest(): Promise<ServerEvent[]> {
    const found: ServerEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) found.push(event);
    return found;
  }

  close(): void {
    this.#abort.abort();
  }
}
