import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { answerError, decisionHttp, type DecisionHttpOptions, sendProblem } from '@licet/decision-http';
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import type { RawAccess } from '../access/route-check.ts';
import type { ApiSettings } from '../settings.ts';

const OURS = /^\/(?:(?:tenants\/[^/]*\/)?(?:access|licet)|\.well-known\/authzen-configuration)(?:[/?#]|$)/;
// As Fastify sets it on a server that it makes itself.
const KEEP_ALIVE_MS = 72_000;

/** Whether a request target belongs to the decision endpoint. Another spelling of it belongs to nobody. */
export const isDecision = (target: string): boolean => OURS.test(target);

/**
 * The decision endpoint: a Fastify of its own at the same port. Hooks, parsers and middleware of the admin API never see a decision: they
 * would cost more than its answer.
 */
export async function decisionEndpoint(
  options: DecisionHttpOptions,
  onRoute: (route: RouteOptions) => void,
  trustProxy: ApiSettings['trustProxy'],
): Promise<FastifyInstance> {
  const fastify = Fastify({ frameworkErrors: answerError, trustProxy, routerOptions: { maxParamLength: 1000 } });
  // The routes ask for the key themselves; the metadata are public by the standard.
  fastify.addHook('onRoute', (route) => {
    const access: RawAccess = route.url.startsWith('/.well-known/') ? 'public' : 'api-key';
    route.config = { ...route.config, access } as typeof route.config;
  });
  fastify.addHook('onRoute', onRoute);
  // What only begins like an address of the plugin, such as another version.
  fastify.setNotFoundHandler((request, reply) => sendProblem(request, reply, 'not_found', 'There is nothing at this address.'));
  await fastify.register(decisionHttp, options);
  await fastify.ready();
  return fastify;
}

/** A server that gives each request to the one that it is for; over TLS where there are files for it. */
export function serverFor(decisions: () => FastifyInstance | undefined, tls: ApiSettings['tls']): (others: RequestListener) => Server {
  return (others) => {
    const give = (request: IncomingMessage, response: ServerResponse) => {
      const endpoint = isDecision(request.url ?? '') ? decisions() : undefined;
      if (endpoint) endpoint.routing(request, response);
      else others(request, response);
    };
    const secure = () => createTlsServer({ cert: readFileSync(tls!.cert), key: readFileSync(tls!.key), minVersion: 'TLSv1.2' }, give);
    const server = tls ? (secure() as unknown as Server) : createServer(give);
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    return server;
  };
}
