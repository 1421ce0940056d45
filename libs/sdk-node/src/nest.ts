/**
 * Licet in a Nest application, 11 or 12, on Express or Fastify:
 *
 *     const subject = ({ user }: { user?: { id: string } }) => user && { id: user.id };
 *     @Module({ imports: [LicetModule.forRoot({ licet: { name: 'invoices' }, subject })] })
 *
 *     @Post(':id/approve')
 *     @Require('invoice:approve', { resource: (request, get) => get(Invoices).toCheck(request.params.id) })
 *     approve(@CurrentDecision() decision: Answer) { ... }
 *
 *     @Module({ controllers: [canController('can')] })     // answers useCan() of `@licet/sdk-node/react`
 *
 * The rules it keeps: what a handler declares stands before what its class declares; with `denyByDefault` a handler that declares nothing
 * keeps the application from starting, and is refused if it is reached all the same. Services inject `Licet`.
 */
import {
  Catch,
  createParamDecorator,
  Module,
  SetMetadata,
  type ArgumentsHost,
  type CanActivate,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule, DiscoveryService, HttpAdapterHost, ModuleRef, Reflector } from '@nestjs/core';
import { throwError, type Observable } from 'rxjs';
import { ConfigError, Forbidden, NotFound, Unauthenticated, Unavailable } from './errors.ts';
import { demand, demandAskable, demandSubject } from './guard.ts';
import { Licet } from './licet.ts';
import { CanAnswerer, type CanParts } from './nest-can.ts';
import {
  asking,
  DECLARED,
  OPTIONS,
  type LicetModuleAsyncOptions,
  type LicetModuleOptions,
  type NestRequest,
  type RequireOptions,
} from './nest-options.ts';
import { prefersHtml, refusalOf } from './refusal.ts';
import type { Answer } from './remote.ts';
import type { Mode } from './settings.ts';

export { canController } from './nest-can.ts';
export {
  Public,
  type Get,
  type LicetModuleAsyncOptions,
  type LicetModuleOptions,
  type NestRequest,
  type RequireOptions,
} from './nest-options.ts';
export type { Answer } from './remote.ts';

interface Requirement {
  permission: string;
  options: RequireOptions;
}
/** What a handler or a class declares; nothing is required of what is public. */
type Declared = readonly Requirement[];

const DECISION = Symbol('licet:decision');
const REFUSALS = [Forbidden, NotFound, Unauthenticated, Unavailable];

/**
 * Lets a request through only if its subject has the permission. On a handler, or on a class for all handlers that declare nothing. Where
 * several stand above one another all are required, the first one first.
 * @throws ConfigError where the permission is none
 */
export function Require<Request = NestRequest>(
  permission: string,
  options: RequireOptions<Request> = {},
): ClassDecorator & MethodDecorator {
  demandAskable(permission);
  return (target: object, name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const below = new Reflector().get<Declared | undefined>(DECLARED, (descriptor?.value ?? target) as Type) ?? [];
    const declared: Declared = [{ permission, options: options as RequireOptions }, ...below];
    (SetMetadata(DECLARED, declared) as (...on: unknown[]) => void)(target, name, descriptor);
  };
}

/** The decision that let the request through, the last one of several, as a parameter of a handler; undefined where it is public. */
export const CurrentDecision = createParamDecorator((_data: unknown, context: ExecutionContext): Answer | undefined => {
  return context.switchToHttp().getRequest<{ [DECISION]?: Answer }>()[DECISION];
});

/** Guards all handlers of the application, and answers what the guard refuses. */
export class LicetModule {
  /** @throws ConfigError naming the setting that is missing or wrong */
  static forRoot<Request = NestRequest>(options: LicetModuleOptions<Request>): DynamicModule {
    return moduleOf([], { provide: OPTIONS, useValue: options });
  }

  /** As `forRoot`, with options that are made of other providers. */
  static forRootAsync<Request = NestRequest>({ imports = [], inject = [], useFactory }: LicetModuleAsyncOptions<Request>): DynamicModule {
    return moduleOf(imports, { provide: OPTIONS, inject, useFactory });
  }
}
Module({})(LicetModule);

function moduleOf(imports: NonNullable<ModuleMetadata['imports']>, options: Provider): DynamicModule {
  return {
    module: LicetModule,
    global: true,
    imports: [...imports, DiscoveryModule],
    exports: [Licet, CanAnswerer],
    providers: [
      options,
      {
        provide: Licet,
        inject: [OPTIONS],
        // Not `instanceof`: it may be of another copy of this package.
        useFactory: ({ licet }: LicetModuleOptions) => (licet && 'check' in licet ? licet : new Licet(licet)),
      },
      {
        provide: Lifecycle,
        inject: [OPTIONS, Licet, DiscoveryService, Reflector],
        useFactory: (...all: LifecycleParts) => new Lifecycle(...all),
      },
      {
        provide: CanAnswerer,
        inject: [OPTIONS, Licet, ModuleRef, HttpAdapterHost],
        useFactory: (...all: CanParts) => new CanAnswerer(...all),
      },
      { provide: APP_GUARD, inject: [OPTIONS, Licet, ModuleRef, Reflector], useFactory: (...all: GuardParts) => new LicetGuard(...all) },
      { provide: APP_FILTER, inject: [HttpAdapterHost], useFactory: (host: HttpAdapterHost) => new RefusalFilter(host) },
    ],
  };
}

type GuardParts = [LicetModuleOptions, Licet<Mode>, ModuleRef, Reflector];

class LicetGuard implements CanActivate {
  private readonly options: LicetModuleOptions;
  private readonly licet: Licet<Mode>;
  private readonly reflector: Reflector;
  private readonly moduleRef: ModuleRef;

  constructor(...[options, licet, moduleRef, reflector]: GuardParts) {
    demandSubject(options);
    this.options = options;
    this.licet = licet;
    this.reflector = reflector;
    this.moduleRef = moduleRef;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const declared = declaredOf(this.reflector, context.getClass(), context.getHandler());
    if (declared === undefined) return this.options.denyByDefault !== true;
    for (const { permission, options } of declared) {
      if (context.getType() !== 'http')
        throw new ConfigError(`\`${permission}\` is required of what is no HTTP request: ask \`Licet\` there`);
      const request = context.switchToHttp().getRequest<NestRequest & { [DECISION]?: Answer }>();
      request[DECISION] = await demand(this.licet, permission, asking(this.options, options, this.moduleRef), request);
    }
    return true;
  }
}

/** What a handler declares, else what its class does. */
function declaredOf(
  reflector: Reflector,
  type: Type,
  handler: Parameters<Reflector['getAllAndOverride']>[1][number],
): Declared | undefined {
  return reflector.getAllAndOverride<Declared | undefined>(DECLARED, [handler, type]);
}

type LifecycleParts = [LicetModuleOptions, Licet<Mode>, DiscoveryService, Reflector];

/** Looks at all handlers before the application starts, and closes what the module opened. */
class Lifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly parts: LifecycleParts;

  constructor(...parts: LifecycleParts) {
    this.parts = parts;
  }

  onApplicationBootstrap(): void {
    const [{ denyByDefault }, , discovery, reflector] = this.parts;
    if (denyByDefault !== true) return;
    const undeclared = discovery.getControllers().flatMap(({ metatype }) => (metatype ? undeclaredOf(reflector, metatype as Type) : []));
    if (undeclared.length > 0) throw new ConfigError(`declare @Require(...) or @Public() on ${undeclared.join(', ')}`);
  }

  async onApplicationShutdown(): Promise<void> {
    const [options, licet] = this.parts;
    if (licet !== options.licet) await licet.close();
  }
}

function undeclaredOf(reflector: Reflector, type: Type): string[] {
  const found: string[] = [];
  for (let prototype = type.prototype as object; prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype)) as [string, PropertyDescriptor][]) {
      // Nest's own mark of a handler; on the class itself it is that of a controller.
      const isHandler =
        name !== 'constructor' && typeof value === 'function' && reflector.get<unknown>('path', value as Type) !== undefined;
      if (!isHandler) continue;
      if (declaredOf(reflector, type, value as Type) === undefined) found.push(`${type.name}.${name}`);
    }
  }
  return found;
}

/** Answers the refusals of the guard, as a page or as a problem document by Accept; where a service refuses a message, as its error. */
class RefusalFilter implements ExceptionFilter {
  private readonly host: HttpAdapterHost;

  constructor(host: HttpAdapterHost) {
    this.host = host;
  }

  catch(error: unknown, context: ArgumentsHost): Observable<never> | void {
    const refusal = refusalOf(error);
    // To a caller of a microservice Nest sends what a stream fails with, and nothing at all for what is thrown here.
    if (refusal !== undefined && context.getType() === 'rpc') {
      return throwError(() => ({ ...refusal.problem, message: refusal.problem.detail }));
    }
    if (refusal === undefined || context.getType() !== 'http') throw error;
    const { httpAdapter } = this.host;
    const http = context.switchToHttp();
    const response = http.getResponse<unknown>();
    const html = prefersHtml(http.getRequest<NestRequest>().headers['accept']?.toString());
    const type = html ? 'text/html; charset=utf-8' : 'application/problem+json; charset=utf-8';
    for (const [name, value] of Object.entries({ ...refusal.headers, vary: 'accept', 'content-type': type })) {
      httpAdapter.setHeader(response, name, value);
    }
    httpAdapter.reply(response, html ? refusal.html : JSON.stringify(refusal.problem), refusal.status);
  }
}
Catch(...REFUSALS)(RefusalFilter);
