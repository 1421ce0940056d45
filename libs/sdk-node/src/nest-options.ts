import { SetMetadata, type CustomDecorator, type FactoryProvider, type ModuleMetadata, type Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { GuardOptions } from './guard.ts';
import type { Licet } from './licet.ts';
import type { LicetOptions, Mode } from './settings.ts';

// What an application says to the module, and handlers to the guard.

export const OPTIONS = Symbol('licet:options');
export const DECLARED = 'licet:declared';

/** What the request of either platform has. */
export interface NestRequest {
  params: Record<string, string>;
  query: Record<string, unknown>;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  user?: unknown;
}

/** Gives a provider of the application, whichever module it is in: there is one of it. What Nest makes for each request it cannot give. */
export type Get = <T>(token: Type<T> | (abstract new (...args: never[]) => T) | string | symbol) => T;

/** How the guard finds out what to ask: as a {@link GuardOptions}, with a second argument that gives providers. */
type Asking<Request> = {
  [Name in Exclude<keyof GuardOptions<Request>, 'hide'>]: (
    request: Request,
    get: Get,
  ) => ReturnType<NonNullable<GuardOptions<Request>[Name]>>;
};

type Optional<T> = { [Name in keyof T]?: T[Name] | undefined };

/** What a handler declares besides its permission. `hide`: see {@link GuardOptions}. */
export type RequireOptions<Request = NestRequest> = Optional<Asking<Request>> & { hide?: boolean | undefined };

export interface LicetModuleOptions<Request = NestRequest>
  extends Pick<Asking<Request>, 'subject'>, Optional<Pick<Asking<Request>, 'tenant' | 'context'>> {
  /** A Licet that the application made and closes; or its settings: then the module makes it, and closes it with the application. */
  licet?: Licet<Mode> | LicetOptions<Mode> | undefined;
  /** Whether every handler must declare what it requires, or that it is public. */
  denyByDefault?: boolean | undefined;
}

/** Options that other providers are needed for. */
export interface LicetModuleAsyncOptions<Request = NestRequest> extends Pick<ModuleMetadata, 'imports'> {
  inject?: FactoryProvider['inject'];
  useFactory: (...dependencies: never[]) => LicetModuleOptions<Request> | Promise<LicetModuleOptions<Request>>;
}

/** Lets everybody through, unless a permission is required above it. */
export function Public(): CustomDecorator {
  return SetMetadata(DECLARED, []);
}

/** What is asked: as a handler declares it, else as the module does. */
export function asking(
  { subject, tenant, context }: LicetModuleOptions,
  { hide, ...options }: RequireOptions,
  moduleRef: ModuleRef,
): GuardOptions<NestRequest> {
  const get: Get = (token) => moduleRef.get(token as string, { strict: false });
  const asked = [...Object.entries({ subject, tenant, context }), ...Object.entries(options)].filter(([, ask]) => ask !== undefined);
  const bound = asked.map(([name, ask]) => [name, (request: NestRequest) => ask!(request, get)]);
  return { ...(Object.fromEntries(bound) as GuardOptions<NestRequest>), ...(hide === undefined ? {} : { hide }) };
}
