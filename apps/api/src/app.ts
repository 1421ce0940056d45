import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import { type Asks, type DecisionHttpOptions, mayAsk, named, type OnDecision } from '@licet/decision-http';
import { UniqueConstraintViolationException } from '@mikro-orm/core';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyPluginAsync, FastifyPluginCallback } from 'fastify';
import { SYSTEM } from './access/access.ts';
import { ensureBuiltIns } from './access/built-ins.ts';
import { differingStepUps, RawRoutes, undeclaredHandlers } from './access/route-check.ts';
import { ApiKeys } from './api-keys/api-keys.service.ts';
import { AppModule } from './app.module.ts';
import { Changes } from './changes/changes.service.ts';
import { Head } from './changes/change.entity.ts';
import { DATABASES, SETTINGS } from './database/database.module.ts';
import { type Databases, openDatabases } from './database/orm.ts';
import { decisionEndpoint, serverFor } from './decisions/decision-endpoint.ts';
import { DecisionLog } from './decisions/decision-log.service.ts';
import { EXPLAIN } from './decisions/explain.controller.ts';
import { closeQuietConnections } from './http/closing.ts';
import { BODY_LIMIT, limitRequests } from './http/limits.ts';
import { readBodies } from './http/input.ts';
import { Methods } from './http/methods.ts';
import { Output } from './http/output.ts';
import { problemOf, sendProblem } from './http/problem.filter.ts';
import { Seal } from './operators/seal.ts';
import { SecondFactor } from './operators/second-factor.service.ts';
import { Sessions } from './operators/sessions.service.ts';
import { followOtherProcesses } from './replication/other-processes.ts';
import { DecisionPoints } from './replication/decision-points.service.ts';
import { PolicyState } from './replication/policy-state.ts';
import { replicaRoutes } from './replication/replica.routes.ts';
import { knowPresentRequest } from './security-events/present-request.ts';
import { refusalOf, unknownKey } from './security-events/refusals.ts';
import { SecurityEvents } from './security-events/security-events.service.ts';
import type { ApiSettings } from './settings.ts';

const CONSOLE = join(import.meta.dirname, '../../console/dist');
/** What the build of the console writes where a nonce belongs. */
const NONCE = 'LICET_CSP_NONCE';

export interface Api {
  app: NestFastifyApplication;
  fastify: FastifyInstance;
  /** The decision endpoint, at the same port. */
  decisions: FastifyInstance;
  /** Every route that is served, as `GET /api/v1/roles`. */
  routes: readonly string[];
  /** Stops taking requests, writes what is waiting, closes the databases. */
  close(): Promise<void>;
}

/** Makes the whole control plane, ready to listen. Fails where a route declares no permission. */
export async function createApi(settings: ApiSettings): Promise<Api> {
  const databases = await openDatabases(settings);
  try {
    return await apiOn(databases, settings);
  } catch (error) {
    await databases.close();
    throw error;
  }
}

async function apiOn(databases: Databases, settings: ApiSettings): Promise<Api> {
  const later: { decisions?: FastifyInstance } = {};
  const adapter = new FastifyAdapter({
    serverFactory: serverFor(() => later.decisions, settings.tls),
    ...{ genReqId: chosenId, bodyLimit: BODY_LIMIT, forceCloseConnections: 'idle' },
    trustProxy: settings.trustProxy,
    routerOptions: { maxParamLength: 1000 },
    frameworkErrors: sendProblem, // an address that cannot be decoded
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.on(settings, databases), adapter, {
    logger: new Output(settings.log),
    abortOnError: false,
    bodyParser: false,
  });
  const stopFollowing = await loadPolicy(app, databases);
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  readBodies(fastify, [EXPLAIN]);
  closeQuietConnections(fastify);
  const raw = new RawRoutes();
  fastify.addHook('onRoute', raw.onRoute);
  fastify.addHook('onRoute', app.get(Methods).onRoute);
  await mountRawRoutes(app, fastify, settings);
  const decisions = (later.decisions = await openDecisions(app, settings, raw));
  raw.stop();
  const undeclared = [...raw.undeclared, ...undeclaredHandlers(app)];
  if (undeclared.length > 0) throw new Error(`these routes declare no permission: ${undeclared.join(', ')}`);
  const differing = differingStepUps(app);
  if (differing.length > 0) throw new Error(`code and contract differ about step-up: ${differing.join(', ')}`);
  await app.init();
  await fastify.ready();
  return {
    app,
    fastify,
    decisions,
    routes: raw.served,
    close: async () => {
      await stopFollowing();
      await app.close();
      await decisions.close();
      await app.get(Changes).idle();
      await databases.close();
    },
  };
}

/** The id that the caller chose for a request, or one of our own: Node would send no other than ASCII back as it came. */
function chosenId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const id = headers['x-request-id'];
  return typeof id === 'string' && /^[\x20-\x7e]+$/.test(id) ? id : randomUUID();
}

/** Brings the built-in rows up to date and the policy into memory. */
async function loadPolicy(app: NestFastifyApplication, databases: Databases): Promise<() => Promise<void>> {
  const em = () => databases.policy.em.fork();
  const state = app.get(PolicyState);
  const keys = app.get(ApiKeys);
  if (!(await em().findOne(Head, 1))) await em().insert(Head, { id: 1, revision: 0 }).catch(unlessMadeMeanwhile);
  await state.load(em());
  await app.get(Changes).commit(SYSTEM, { reason: 'what every installation has' }, ensureBuiltIns);
  if (app.get<ApiSettings>(SETTINGS).secretPrevious !== undefined) await app.get(SecondFactor).sealAnew(app.get(Changes));
  await keys.reload();
  return followOtherProcesses(databases, state, keys);
}

/** Several processes may start at once on one PostgreSQL. */
function unlessMadeMeanwhile(error: unknown): void {
  if (!(error instanceof UniqueConstraintViolationException)) throw error;
}

async function mountRawRoutes(app: NestFastifyApplication, fastify: FastifyInstance, settings: ApiSettings): Promise<void> {
  const [state, keys, points, log] = [app.get(PolicyState), app.get(ApiKeys), app.get(DecisionPoints), app.get(DecisionLog)];
  const databases = app.get<Databases>(DATABASES);
  knowPresentRequest(fastify);
  tellRefusals(fastify, app);
  fastify.addHook('onRequest', (request, reply, done) => {
    // Who may see an answer may lose the right to it: nothing is kept by caches, except by routes that say so.
    void reply.header('x-request-id', request.id).header('cache-control', 'no-store');
    done();
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...{ defaultSrc: ["'self'"], connectSrc: ["'self'"], imgSrc: ["'self'", 'data:'], fontSrc: ["'self'"], scriptSrc: ["'self'"] },
        ...{ objectSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"], frameSrc: ["'none'"] },
        styleSrc: ["'self'"],
      },
    },
    // The console writes its styles at run time: they carry the nonce of the page.
    enableCSPNonces: true,
    strictTransportSecurity: settings.publicUrl.startsWith('https:') ? { maxAge: 31_536_000 } : false,
  });
  await app.register(cookie);
  limitRequests(fastify, { keys, sessions: app.get(Sessions), requestsPerMinute: settings.requestsPerMinute });
  const replication: FastifyPluginCallback = (scope, _options, done) => {
    scope.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
    const { streamsPerKey } = settings;
    replicaRoutes(scope, { state, keys, points, log, em: () => databases.policy.em.fork(), streamsPerKey });
    done();
  };
  await fastify.register(named('replication', replication));
  if (existsSync(CONSOLE)) await mountConsole(fastify);
}

/** Every refusal leaves through here, whoever refused. It is told once the answer is on its way. */
function tellRefusals(fastify: FastifyInstance, app: NestFastifyApplication): void {
  const [events, keys, sessions] = [app.get(SecurityEvents), app.get(ApiKeys), app.get(Sessions)];
  fastify.addHook('onResponse', (request, _reply, done) => {
    const problem = problemOf(request);
    const told = problem && !events.knows(request) ? refusalOf(request, problem, keys, sessions.cookieOf(request)) : undefined;
    if (told) events.record(told, request);
    done();
  });
}

function openDecisions(app: NestFastifyApplication, { publicUrl, trustProxy }: ApiSettings, raw: RawRoutes): Promise<FastifyInstance> {
  const [state, keys, log, events] = [app.get(PolicyState), app.get(ApiKeys), app.get(DecisionLog), app.get(SecurityEvents)];
  const options = {
    publicUrl,
    pageKey: app.get(Seal).keyFor('pages of searches'),
    snapshot: () => state.snapshot,
    authenticate: (authorization: string | undefined, asks: Asks, tenant?: string) => {
      const key = keys.find(authorization);
      if (!key) return 'unauthenticated';
      return mayAsk(state.snapshot, key.user, Date.now(), asks, tenant) ? key : 'forbidden';
    },
    onDecision: (...[request, decision, tenant, now, caller, grounds]: Parameters<OnDecision>) =>
      log.add(request, decision, grounds, { tenant, at: now, apiKey: caller.id }),
    onRefused: (request, permission) => {
      const { authorization } = request.headers;
      const key = permission && keys.find(authorization);
      if (key) events.record({ event: 'access', outcome: 'refused', actor: key.user, target: key.id, detail: permission }, request);
      else if (authorization === undefined) events.record({ event: 'access', outcome: 'refused', detail: 'no-credentials' }, request);
      else events.record(unknownKey(authorization), request);
    },
  } satisfies DecisionHttpOptions;
  return decisionEndpoint(options, raw.onRoute, trustProxy);
}

async function mountConsole(fastify: FastifyInstance): Promise<void> {
  const console: FastifyPluginAsync = async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' } as typeof route.config;
    });
    await scope.register(compress, { threshold: 1024 });
    const page = readFileSync(join(CONSOLE, 'index.html'), 'utf8');
    for (const url of ['/', '/index.html']) {
      scope.get(url, (_request, reply) =>
        reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page.replaceAll(NONCE, reply.cspNonce.style)),
      );
    }
    await scope.register(fastifyStatic, {
      root: CONSOLE,
      prefix: '/',
      decorateReply: false,
      index: false,
      globIgnore: ['index.html'],
      // Hashed names may be kept for ever; the page that names them is asked for each time.
      cacheControl: false,
      setHeaders: (reply) => void reply.header('cache-control', 'public, max-age=31536000, immutable'),
    });
  };
  await fastify.register(named('console', console));
}
