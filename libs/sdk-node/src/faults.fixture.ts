import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { snapshotDocument } from './testing.ts';
import { TASKS } from './tasks.fixture.ts';
import type { Handler } from './served.fixture.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = { 'content-type': 'text/html' };

function says(status: number, headers: Record<string, string>, body: string | Buffer): Handler {
  return (_request, response) => void response.writeHead(status, headers).end(body);
}

/** The beginning of an answer, and then whatever `then` does. */
function begins(then: (response: ServerResponse) => void): Handler {
  return (request, response) => {
    const isStream = request.headers.accept === 'text/event-stream';
    response.writeHead(200, isStream ? { 'content-type': 'text/event-stream' } : JSON_TYPE);
    response.write(isStream ? ':\n\n' : '{"format":1,"revi', () => then(response));
  };
}

/** What a control plane, or something in its place, does wrong. */
export const FAULTS: Record<string, Handler> = {
  '401': says(401, JSON_TYPE, '{"detail":"no"}'),
  '403': says(403, JSON_TYPE, '{'),
  '404': says(404, HTML, '<h1>not here</h1>'),
  '409': says(409, JSON_TYPE, '{"code":"revision_ahead"}'),
  '410': says(410, JSON_TYPE, '{"code":"revision_gone"}'),
  '500': says(500, HTML, '<h1>oops</h1>'),
  '503': says(503, { ...JSON_TYPE, 'retry-after': '1' }, ''),
  garbage: says(200, JSON_TYPE, Buffer.from([0, 255, 123])),
  'a web page': says(200, HTML, '<h1>welcome</h1>'),
  nothing: says(200, JSON_TYPE, ''),
  'another document': says(200, JSON_TYPE, '{"decision":"yes","revision":"9","deltas":{},"format":1}'),
  'a policy that is none': says(
    200,
    JSON_TYPE,
    '{"revision":9,"rows":{"grants":[null]},"deltas":[{"revision":2,"ops":[null]}],"format":1}',
  ),
  'an event that is none': (_request, response) =>
    void response.writeHead(200, { 'content-type': 'text/event-stream' }).end('event: change\ndata: {"revision":2,"ops":7}\n\n'),
  'half of what was zipped': says(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, gzipSync('{"format":1,"revision":9}').subarray(0, 20)),
  'half an answer': begins((response) => response.destroy()),
  'half an answer, and then silence': begins(() => undefined),
  'no answer, over an open connection': () => undefined,
  'a closed connection': (request) => void request.socket.destroy(),
};

/** A policy from before the one that is held. */
export const OLDER: Handler = (request, response) => {
  if (request.url === '/replica/v1/snapshot') response.writeHead(200, JSON_TYPE).end(JSON.stringify(snapshotDocument(TASKS, 0)));
  else response.writeHead(409, JSON_TYPE).end('{"code":"revision_ahead"}');
};
