import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const EVERY_MS = 50;

/**
 * Lets a stop wait for answers, and for nothing else. Browsers open connections ahead of time and keep them for later: the server of
 * Node would wait for these as long as the browser runs.
 */
export function closeQuietConnections(fastify: FastifyInstance): void {
  const asking = new Map<Socket, number>();
  fastify.server.on('connection', (socket: Socket) => {
    asking.set(socket, 0);
    socket.once('close', () => asking.delete(socket));
  });
  fastify.server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const count = (change: number) => asking.has(socket) && asking.set(socket, asking.get(socket)! + change);
    count(1);
    response.once('close', () => count(-1));
  });
  const closeQuiet = () => asking.forEach((requests, socket) => requests === 0 && socket.destroySoon());
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
