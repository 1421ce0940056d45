import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';

const EVERY_MS = 50;

/**
 * Lets a stop wait for answers, and for nothing else. Browsers open connections ahead of time and keep them for later: the server of
 * Node would wait for these as long as the browser runs.
 */
export function closeQuietConnections(fastify: FastifyInstance): void {
  /** Each connection with the answer that was last begun on it. Answers leave in order: where that one is closed, all are. */
  const connections = new Map<Socket, ServerResponse | undefined>();
  // Over TLS a request names the socket that was opened last, not the one beneath it.
  fastify.server.on(fastify.server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections.set(socket, undefined);
    socket.once('close', () => connections.delete(socket));
  });
  // Invariant: every decision passes here, so that nothing more is done for it than to note its answer.
  fastify.server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => connections.set(socket, response));
  const closeQuiet = () => connections.forEach((last, socket) => (last === undefined || last.closed) && socket.destroySoon());
  let timer: NodeJS.Timeout | undefined;
  fastify.addHook('preClose', (done) => {
    timer = setInterval(closeQuiet, EVERY_MS);
    done();
  });
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
}
