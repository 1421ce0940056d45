import type { INestApplication, Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { RouteOptions } from 'fastify';
import { NEEDS } from './needs.decorator.ts';

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

/** The handlers of Nest controllers that declare no need. */
export function undeclaredHandlers(app: INestApplication): string[] {
  const undeclared: string[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      const prototype = (metatype as Type).prototype as Record<string, unknown>;
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const handler = prototype[name];
        if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) continue;
        if (!Reflect.getMetadata(NEEDS, handler)) undeclared.push(`${(metatype as Type).name}.${name}`);
      }
    }
  }
  return undeclared;
}
