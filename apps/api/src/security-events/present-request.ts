import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const present = new AsyncLocalStorage<FastifyRequest>();

/** The request that is being answered: where an event comes from, for code that is far from HTTP. */
export const presentRequest = (): FastifyRequest | undefined => present.getStore();

/** Lets what answers a request know it. Decisions are answered by another Fastify, which does not. */
export function knowPresentRequest(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => present.run(request, done));
  // A body arrives in the context of its connection: what comes after it has to be told again.
  fastify.addHook('preValidation', (request, _reply, done) => present.run(request, done));
}
