/**
 * A load generator: sends the same request over and over on keep-alive connections, one at a time on each. It runs as a process of its
 * own, reads its job as JSON from its first argument and prints what it measured. It looks for whole answers by their length, which is
 * the same for all of them, so that it costs less than what it measures; answers in chunks end where their last chunk does.
 */
import { connect, type Socket } from 'node:net';
import { quantile } from './measure.ts';

export interface Job {
  port: number;
  path: string;
  headers: Record<string, string>;
  body: string;
  connections: number;
  seconds: number;
}

export interface Measured {
  perSecond: number;
  p50: number;
  p99: number;
  /** All answers, also those of the warm-up. */
  total: number;
}

const WARM_UP_SECONDS = 0.5;
const CHUNKED = -1;
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

async function run(job: Job): Promise<Measured> {
  const request = requestBytes(job);
  const begin = performance.now() + WARM_UP_SECONDS * 1000;
  const end = begin + job.seconds * 1000;
  const count: Count = { begin, end, latencies: [], total: 0 };
  await Promise.all(Array.from({ length: job.connections }, () => drive(job.port, request, count)));
  const { latencies, total } = count;
  return { perSecond: latencies.length / job.seconds, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), total };
}

interface Count {
  begin: number;
  end: number;
  latencies: number[];
  total: number;
}

function drive(port: number, request: Buffer, count: Count): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let length: number | undefined;
    let received = 0;
    let first = Buffer.alloc(0);
    let sentAt = 0;
    let tail = Buffer.alloc(0);
    const send = () => {
      received = 0;
      tail = Buffer.alloc(0);
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', (chunk: Buffer) => {
      if (length === undefined) {
        first = Buffer.concat([first, chunk]);
        length = answerLength(first);
      }
      received += chunk.length;
      if (length === CHUNKED) {
        // What is left of the last chunk may come in pieces.
        tail = Buffer.concat([tail, chunk]).subarray(-LAST_CHUNK.length);
        if (!tail.equals(LAST_CHUNK)) return;
      } else if (length === undefined || received < length) return;
      else if (received > length) return reject(new Error(`an answer of ${received} bytes instead of ${length}`));
      const now = performance.now();
      count.total += 1;
      if (sentAt >= count.begin && now < count.end) count.latencies.push(now - sentAt);
      if (now < count.end) return send();
      socket.removeAllListeners('close').destroy();
      resolve();
    });
  });
}

/** The length of the whole answer, once its head is there; CHUNKED where it is not said. */
function answerLength(bytes: Buffer): number | undefined {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const text = bytes.toString('latin1', 0, head);
  const body = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  if (text.startsWith('HTTP/1.1 200 ') && /\r\ntransfer-encoding: chunked/i.test(text)) return CHUNKED;
  if (!text.startsWith('HTTP/1.1 200 ') || body === undefined) throw new Error(`not an answer to measure:\n${bytes.toString()}`);
  return head + 4 + Number(body);
}

function requestBytes({ path, headers, body }: Job): Buffer {
  const all = { host: 'localhost', 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}') as Job)));
