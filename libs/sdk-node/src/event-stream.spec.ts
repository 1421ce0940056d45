import { describe, expect, it } from '@jest/globals';
import { readEvents, type StreamEvent } from './event-stream.ts';

async function read(pieces: Uint8Array[]): Promise<{ events: StreamEvent[]; heard: number }> {
  let heard = 0;
  const events: StreamEvent[] = [];
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      for (const piece of pieces) stream.enqueue(piece);
      stream.close();
    },
  });
  for await (const event of readEvents(body, () => (heard += 1))) events.push(event);
  return { events, heard };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const STREAM = [
  ': hello\r\n\r\n',
  'id: 1\nevent: change\ndata: {"a":\ndata: "ä漢😀"}\n\n',
  'event: lines\r\ndata: 1\r\ndata: 2\r\n\r\n',
  'event:heartbeat\rdata:5\r\r',
  'data: plain\r\n\r\n',
  'event: unfinished\ndata: x',
].join('');
const EVENTS = [
  { name: 'change', data: '{"a":\n"ä漢😀"}' },
  { name: 'lines', data: '1\n2' },
  { name: 'heartbeat', data: '5' },
  { name: 'message', data: 'plain' },
];

describe('readEvents', () => {
  it('reads names, data of several lines, and every kind of line end', async () => {
    expect((await read([bytes(STREAM)])).events).toEqual(EVENTS);
  });

  it('reads the same wherever the stream is cut into pieces', async () => {
    const all = bytes(STREAM);
    for (let cut = 1; cut < all.length; cut += 1) {
      expect([cut, (await read([all.slice(0, cut), all.slice(cut)])).events]).toEqual([cut, EVENTS]);
    }
    expect((await read([...all].map((byte) => Uint8Array.of(byte)))).events).toEqual(EVENTS);
  });

  it('tells of every piece, comments too', async () => {
    expect(await read([bytes(': ping\n\n'), bytes(': ping\n\n')])).toEqual({ events: [], heard: 2 });
  });
});
