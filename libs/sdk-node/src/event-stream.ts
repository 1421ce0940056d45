import { SnapshotError } from './errors.ts';

/** One server-sent event. */
export interface StreamEvent {
  /** `message` unless the event has a name. */
  name: string;
  data: string;
}

/** An event of more characters than this is refused. */
const EVENT_LIMIT = 64 * 1024 * 1024;

/**
 * Reads server-sent events (WHATWG HTML, section 9.2.6).
 * @param body the answer as it comes
 * @param onBytes is called for every piece, also for comments: the other side is alive
 * @throws SnapshotError where an event is too long; whatever the body throws when it breaks off
 */
export async function* readEvents(body: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<StreamEvent> {
  let name = '';
  let data: string[] = [];
  let size = 0;
  for await (const line of readLines(body, onBytes)) {
    size += line.length;
    if (size > EVENT_LIMIT) throw new SnapshotError('an event of the change stream is too long');
    if (line === '') {
      if (data.length > 0) yield { name: name || 'message', data: data.join('\n') };
      [name, data, size] = ['', [], 0];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
  }
}

/** Lines end with LF, CRLF or CR. A CR at the end of a piece waits for the next one, which may begin with its LF. */
async function* readLines(body: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    onBytes();
    const piece = decoder.decode(bytes, { stream: true });
    const mayEnd = /[\r\n]/.test(piece) || rest.endsWith('\r');
    rest += piece;
    if (rest.length > EVENT_LIMIT) throw new SnapshotError('a line of the change stream is too long');
    if (!mayEnd) continue;
    const open = rest.endsWith('\r') ? '\r' : '';
    const lines = (open ? rest.slice(0, -1) : rest).split(/\r\n|\r|\n/);
    rest = (lines.pop() ?? '') + open;
    yield* lines;
  }
}
