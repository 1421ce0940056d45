/**
 * The AuthZEN routes (Authorization API 1.0) as a Fastify plugin over a snapshot holder. The rules it keeps:
 * - a denial is 200 with `"decision":false`; another status says something about the caller, never about the subject (10.1.2);
 * - every answer, errors too, carries the X-Request-ID of its request (10.1.3), and every error is a problem document;
 * - credentials are looked at before the body is read;
 * - all questions of one request are answered from one snapshot at one time;
 * - it keeps to itself: parsers, hooks and error handlers do not reach the routes of the application that mounts it.
 */
import { randomBytes } from 'node:crypto';
import { AT_LEAST_HEADER, Key, LicetError, type ReservedPermission } from '@licet/contract';
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Snapshot } from '@licet/engine';
import {
  ANSWER_HEADERS,
  answerError,
  bodyFor,
  BROWSER_HEADERS,
  invalid,
  JSON_TYPE,
  repeatId,
  sendProblem,
  STAY_WITH_TLS,
} from './answers.ts';
import { NEEDS, type Asks } from './api-key.ts';
import { Asking, readAtLeast, type Caller, type OnDecision } from './asking.ts';
import { answerEvaluation, answerEvaluations } from './evaluations.ts';
import { answerExplain, answerPlan } from './grounds.ts';
import { metadataFor } from './metadata.ts';
import { readJson } from './read-json.ts';
import { isObject, wanted, type JsonObject } from './read-request.ts';
import { answerActionSearch, answerResourceSearch, answerSubjectSearch } from './search.ts';

export interface DecisionHttpOptions {
  /** What to answer from at this moment; null as long as there is none. */
  snapshot: () => Snapshot | null;
  /** Whether that is too old to answer from: then every answer is a denial with reason `stale`. Left out: it never is. */
  stale?: () => boolean;
  /**
   * Says who asks. Synchronous: it stands in the path of every answer.
   * @param authorization the value of the Authorization header
   * @param asks what is asked for
   * @param tenant the tenant of the address; undefined where it names none
   * @returns the caller; `unauthenticated` (401) or `forbidden` (403)
   */
  authenticate: (authorization: string | undefined, asks: Asks, tenant?: string) => Caller | 'unauthenticated' | 'forbidden';
  /** Is told of each decision after the answer was sent. What it throws is logged, and changes nothing. */
  onDecision?: OnDecision;
  /**
   * Is told of each caller that was refused; for reports, since it changes nothing.
   * @param permission what the caller lacks; undefined where it is not known who that is
   */
  onRefused?: (request: FastifyRequest, permission: ReservedPermission | undefined) => void;
  /** The base URL that callers use: the identifier of this decision point (AuthZEN 1.0, section 9.1.1). */
  publicUrl: string;
  /** ms since the epoch. */
  now?: () => number;
  /**
   * Signs the tokens of search pages; processes that share it take each other's. Left out: one that only this process knows, so that a
   * search begins again after a restart.
   */
  pageKey?: Buffer;
}

/** How many bytes the body of a request may have. */
export const BODY_LIMITS = { evaluation: 256 * 1024, evaluations: 1024 * 1024 } as const;

type Answer = (body: JsonObject, asking: Asking, caller: Caller) => string;
/** What is answered at a path. */
interface Route {
  answer: Answer;
  bodyLimit?: number;
  asks?: Asks;
}
type AuthenticatedRequest = FastifyRequest & { licetCaller: Caller };

/** What the standard has. */
const access = (pageKey: Buffer): Record<string, Route> => ({
  '/evaluation': { answer: answerEvaluation },
  '/evaluations': { answer: answerEvaluations, bodyLimit: BODY_LIMITS.evaluations },
  '/search/subject': { answer: (body, asking, caller) => answerSubjectSearch(body, asking.search(caller, pageKey)) },
  '/search/resource': { answer: (body, asking, caller) => answerResourceSearch(body, asking.search(caller, pageKey)) },
  '/search/action': { answer: (body, asking, caller) => answerActionSearch(body, asking.search(caller, pageKey)) },
});
/** What it has not. */
const BESIDES: Record<string, Route> = {
  '/explain': { answer: answerExplain, asks: 'explanations' },
  '/plan': { answer: answerPlan },
};

/**
 * Fastify plugin: evaluation, evaluations and the three searches under `/access/v1`, explanations and filter plans under `/licet/v1`, and
 * the metadata. The same stand under `/tenants/<tenant>` for one tenant alone.
 */
export const decisionHttp: FastifyPluginCallback<DecisionHttpOptions> = named('licet', (fastify, options, done) => {
  let path: string;
  try {
    ({ path } = metadataFor(options.publicUrl));
  } catch (error) {
    return done(error as Error);
  }
  const tls = options.publicUrl.startsWith('https:');
  const prefixes = { '/access/v1': access(options.pageKey ?? randomBytes(32)), '/licet/v1': BESIDES };
  for (const prefix of ['', '/tenants/:tenant']) {
    mount(fastify, path + prefix, tls, (scope) => {
      only(scope, '', ['GET', 'HEAD'], {
        handler: (request, reply) => {
          const { text } = metadataFor(options.publicUrl, tenantOfAddress(request));
          reply
            .headers({ 'cache-control': 'public, max-age=300', 'content-type': JSON_TYPE, ...BROWSER_HEADERS })
            .send(bodyFor(request, text));
        },
      });
    });
    for (const [place, routes] of Object.entries(prefixes)) {
      mount(fastify, prefix + place, tls, (scope) => {
        readJson(scope);
        scope.decorateRequest('licetCaller', null);
        for (const [url, route] of Object.entries(routes)) ask(scope, options, url, route);
      });
    }
  }
  done();
});

/**
 * Gives a plugin its name. Fastify seeks the name of one that has none among all modules of the process, twice for each: under Jest that was
 * a third of a second at each start of the api.
 * @returns the same function
 */
export function named<P extends object>(name: string, plugin: P): P {
  return Object.assign(plugin, { [Symbol.for('fastify.display-name')]: name });
}

/** @throws LicetError `not_found` where no tenant can have that key */
function tenantOfAddress(request: FastifyRequest): string | undefined {
  const { tenant } = request.params as { tenant?: string };
  if (tenant === undefined || Key.safeParse(tenant).success) return tenant;
  throw new LicetError('not_found', 'There is nothing here: a tenant has a key such as `acme`.');
}

/** A scope of its own: it answers errors, unknown paths and other methods itself, each with the X-Request-ID of the request. */
function mount(fastify: FastifyInstance, prefix: string, tls: boolean, routes: (scope: FastifyInstance) => void): void {
  const unknownPath = (request: FastifyRequest, reply: FastifyReply): void =>
    sendProblem(request, reply, 'not_found', `There is nothing at ${request.url.split('?')[0]}.`);
  const plugin: FastifyPluginCallback = (scope, _options, done) => {
    scope.addHook('onRequest', (request, reply, next) => {
      repeatId(request, reply);
      if (tls) reply.header('strict-transport-security', STAY_WITH_TLS);
      next();
    });
    scope.setErrorHandler(answerError);
    scope.setNotFoundHandler(unknownPath);
    scope.all('/*', { onRequest: unknownPath }, unreached);
    routes(scope);
    done();
  };
  void fastify.register(named(`licet ${prefix}`, plugin), { prefix });
}

function ask(scope: FastifyInstance, options: DecisionHttpOptions, url: string, route: Route): void {
  const { answer, bodyLimit = BODY_LIMITS.evaluation, asks = 'decisions' } = route;
  const { snapshot, stale, onDecision, now = Date.now } = options;
  only(scope, url, ['POST'], {
    bodyLimit,
    onRequest: authentication(options, asks),
    handler: (request, reply) => {
      const { licetCaller: caller } = request as AuthenticatedRequest;
      const atLeast = readAtLeast(request.headers[AT_LEAST_HEADER]);
      const asking = new Asking(snapshot(), now(), atLeast, stale?.(), tenantOfAddress(request));
      const text = answer(bodyOf(request), asking, caller);
      atOnce(() => {
        reply.headers(ANSWER_HEADERS).send(bodyFor(request, text));
        if (onDecision) asking.tell(onDecision, caller, (error) => request.log.error(error));
      });
    },
  });
}

let leaving: (() => void)[] = [];

/**
 * Lets the answers of one turn of the event loop leave together, when all that came in with them is answered. A write wakes whoever waits
 * for it, and where that is a process of this machine, to wake it for each answer costs more than the answer.
 */
function atOnce(send: () => void): void {
  if (leaving.push(send) === 1) setImmediate(sendAll);
}

function sendAll(): void {
  const sends = leaving;
  leaving = [];
  for (const send of sends) send();
}

function authentication({ authenticate, onRefused }: DecisionHttpOptions, asks: Asks) {
  return (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
    const caller = authenticate(request.headers.authorization, asks, (request.params as { tenant?: string }).tenant);
    if (caller === 'unauthenticated') {
      onRefused?.(request, undefined);
      reply.header('www-authenticate', 'Bearer realm="licet"');
      return sendProblem(request, reply, 'unauthenticated', 'Send a valid API key as `Authorization: Bearer <key>`.');
    }
    if (caller === 'forbidden') {
      onRefused?.(request, NEEDS[asks]);
      return sendProblem(
        request,
        reply,
        'forbidden',
        `This API key may not ask for ${asks} here; it needs \`${NEEDS[asks]}\`, in every tenant unless the address names one.`,
      );
    }
    (request as AuthenticatedRequest).licetCaller = caller;
    next();
  };
}

function bodyOf(request: FastifyRequest): JsonObject {
  const { body } = request;
  if (isObject(body)) return body;
  throw invalid([{ path: '(body)', message: wanted('a JSON object', body) }]);
}

/**
 * Adds a route, and 405 with Allow (RFC 9110, section 15.5.6) for every other method at the same path.
 * @param allowed the methods that the route takes
 */
export function only(scope: FastifyInstance, url: string, allowed: string[], route: Omit<RouteOptions, 'url' | 'method'>): void {
  const allow = allowed.join(', ');
  scope.route({ ...route, url, method: allowed, exposeHeadRoute: false });
  scope.route({
    url,
    method: scope.supportedMethods.filter((method) => !allowed.includes(method)),
    exposeHeadRoute: false,
    onRequest: (request, reply) => {
      reply.header('allow', allow);
      sendProblem(request, reply, 'method_not_allowed', `Use ${allow} here, not ${request.method}.`);
    },
    handler: unreached,
  });
}

function unreached(): void {
  // Its route answers in onRequest, before a body is read.
}
