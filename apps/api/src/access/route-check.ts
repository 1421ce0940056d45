import { operations } from '@licet/contract';
import { type INestApplication, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { RouteOptions } from 'fastify';
import { NEEDS } from './needs.decorator.ts';
import { STEP_UP } from './step-up.ts';

/** How a raw route is guarded: by an API key that it checks itself, or not at all. Declared as `config: { access }`. */
export type RawAccess = 'api-key' | 'public';

const DECLARED: unknown[] = ['api-key', 'public'] satisfies RawAccess[];

/** Collects the raw Fastify routes that do not declare their access, and what is served in all. */
export class RawRoutes {
  /** Every route, as `GET /api/v1/roles`. */
  readonly served: string[] = [];
  readonly #routes: RouteOptions[] = [];
  #watching = true;

  readonly onRoute = (route: RouteOptions): void => {
    this.served.push(...[route.method].flat().map((method) => `${method} ${route.url}`));
    if (this.#watching) this.#routes.push(route);
  };

  /** Nest adds its own routes from here on; those are checked by their metadata. */
  stop(): void {
    this.#watching = false;
  }

  get undeclared(): string[] {
    const open = this.#routes.filter(({ config }) => !DECLARED.includes((config as { access?: RawAccess } | undefined)?.access));
    return open.map(({ method, url }) => `${String(method)} ${url}`);
  }
}

type Handler = (...input: never[]) => unknown;

/** The handlers of Nest controllers that declare no need. */
export function undeclaredHandlers(app: INestApplication): string[] {
  return handlersOf(app).flatMap(({ type, name, handler }) => (Reflect.getMetadata(NEEDS, handler) ? [] : [`${type.name}.${name}`]));
}

/** The routes where the code and the contract do not say the same about whether operators must step up. */
export function differingStepUps(app: INestApplication): string[] {
  const documented = operations();
  return handlersOf(app).flatMap(({ type, handler }) => {
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod].toLowerCase() as 'get';
    const parts = [type, handler].map((of) => String(Reflect.getMetadata(PATH_METADATA, of) ?? '').replace(/^\/|\/$/g, ''));
    const path = `/${parts.filter(Boolean).join('/')}`.replace(/:(\w+)/g, '{$1}');
    const asked = Reflect.getMetadata(STEP_UP, handler) === true;
    return asked === (documented[path]?.[method]?.stepUp === true) ? [] : [`${method.toUpperCase()} ${path}`];
  });
}

function handlersOf(app: INestApplication): { type: Type; name: string; handler: Handler }[] {
  return [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => {
      const type = metatype as Type;
      const prototype = type.prototype as Record<string, Handler>;
      return Object.getOwnPropertyNames(prototype)
        .map((name) => ({ type, name, handler: prototype[name]! }))
        .filter(({ handler }) => typeof handler === 'function' && Reflect.hasMetadata(METHOD_METADATA, handler));
    }),
  );
}
