import type { FastifyPluginCallback, FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import { answerCan, type CanOptions } from './can.ts';
import { demand, demandAskable, demandSubject, type GuardOptions } from './guard.ts';
import type { Licet } from './licet.ts';
import { prefersHtml, refusalOf } from './refusal.ts';
import type { Mode } from './settings.ts';

export type { CanOptions } from './can.ts';
export type { GuardOptions } from './guard.ts';

/**
 * Fastify hook: lets a request through only if its subject has the permission. It throws Forbidden or Unauthenticated otherwise.
 *
 *     await app.register(licetErrors);                                                  // before the routes: those before it do not have it
 *     app.delete('/tasks/:id', { preHandler: guard(licet, 'task:delete', { subject: signedIn, resource: taskOf }) }, handler);
 * @throws ConfigError where the permission is none, or `subject` is missing
 */
export function guard(licet: Licet<Mode>, permission: string, options: GuardOptions<FastifyRequest>): preHandlerAsyncHookHandler {
  demandAskable(permission);
  demandSubject(options);
  return async (request) => {
    await demand(licet, permission, options, request);
  };
}

/**
 * Fastify handler: answers `useCan()` of `@licet/sdk-node/react`, about whoever is signed in, with booleans.
 *
 *     app.post('/can', canRoute(licet, { subject: signedIn }));
 * @throws ConfigError where `subject` is missing
 */
export function canRoute(licet: Licet<Mode>, options: CanOptions<FastifyRequest>) {
  demandSubject(options);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { status, headers, body } = await answerCan(licet, options, request, request.body);
    return reply.code(status).headers(headers).send(body);
  };
}

/**
 * Fastify plugin: answers the refusals of guards, as a page or as a problem document by Accept. Other errors go to the error handler that
 * was set before. It counts for the routes after it, of the instance that registers it.
 */
export const licetErrors: FastifyPluginCallback = (fastify, _options, done) => {
  const other = fastify.errorHandler;
  fastify.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) return other.call(fastify, error, request, reply);
    reply.code(refusal.status).headers({ ...refusal.headers, vary: 'accept' });
    if (prefersHtml(request.headers.accept)) return reply.type('text/html; charset=utf-8').send(refusal.html);
    return reply.type('application/problem+json; charset=utf-8').send(JSON.stringify(refusal.problem));
  });
  done();
};

// Fastify's mark of a plugin that works on the instance that registers it, and not on one of its own.
Object.defineProperty(licetErrors, Symbol.for('skip-override'), { value: true });
