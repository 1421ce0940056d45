import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { emptyRows, type SnapshotDocument } from '@licet/contract';
import { createSnapshot } from '@licet/engine';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerError } from './answers.ts';
import { decisionHttp, type DecisionHttpOptions } from './decision-http.ts';

export const EVALUATION = '/access/v1/evaluation';
export const EVALUATIONS = '/access/v1/evaluations';
export const METADATA = '/.well-known/authzen-configuration';

/** A policy at revision 7 in which alice may read tasks, and nobody else may do anything. */
export const POLICY: SnapshotDocument = {
  format: 1,
  revision: 7,
  rows: {
    ...emptyRows(),
    tenants: [{ id: 'default' }],
    'resource-types': [{ id: 'task', attributes: {} }],
    permissions: [{ id: 'task:read' }, { id: 'task:delete' }],
    roles: [{ id: 'reader' }],
    grants: [{ id: 'g1', role: 'reader', permission: 'task:read', effect: 'allow', condition: null }],
    users: [{ id: 'alice', enabled: true, attributes: {} }],
    assignments: [
      { id: 'a1', user: 'alice', group: null, role: 'reader', tenant: 'default', resource: null, startsAt: null, expiresAt: null },
    ],
  },
};

export const alice = { type: 'user', id: 'alice' };
export const read = { name: 'read' };
export const remove = { name: 'delete' };
export const task = { type: 'task', id: 't1' };
export const mayRead = { subject: alice, action: read, resource: task };
export const mayDelete = { subject: alice, action: remove, resource: task };

const KEYS: Record<string, ReturnType<DecisionHttpOptions['authenticate']>> = {
  'Bearer good': { id: 'tasks' },
  'Bearer weak': 'forbidden',
};

/** A server with the plugin, over POLICY unless the options say otherwise. */
export function serve(options: Partial<DecisionHttpOptions> = {}): FastifyInstance {
  const snapshot = createSnapshot(POLICY);
  const server = Fastify({ frameworkErrors: answerError });
  server.register(decisionHttp, {
    snapshot: () => snapshot,
    authenticate: (authorization) => KEYS[authorization ?? ''] ?? 'unauthenticated',
    publicUrl: 'https://licet.example.com',
    now: () => Date.parse('2026-06-01T12:00:00Z'),
    ...options,
  });
  return server;
}

/** Asks with a good key; `body` is sent as JSON, a string as it is. */
export async function post(server: FastifyInstance, url: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await server.inject({
    method: 'POST',
    url,
    headers: { authorization: 'Bearer good', 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const { statusCode: status, headers: answered, body: text } = answer;
  return { status, headers: answered, text, json: JSON.parse(text) as Record<string, unknown> };
}

/** Asks over a socket with the bytes that the characters of each header stand for, and shows the headers of the answer in the same way. */
export async function sendRaw(server: FastifyInstance, request: string, headers: string[], body: string) {
  await server.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const all = [`${request} HTTP/1.1`, 'Host: localhost', 'Connection: close', `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  socket.write(`${all.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.write(body);
  const answer = await buffer(socket);
  await server.close();
  const end = answer.indexOf('\r\n\r\n');
  const head = answer.subarray(0, end).toString('latin1');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1];
  return { status: Number(head.slice(9, 12)), header, bytes: answer.subarray(end + 4) };
}
