import 'reflect-metadata';
import {
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Param,
  Post,
  type ArgumentsHost,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, ApplicationConfig } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { lastValueFrom, type Observable } from 'rxjs';
import { Licet } from './licet.ts';
import { CurrentDecision, LicetModule, Public, Require, type Answer, type LicetModuleOptions, type NestRequest } from './nest.ts';
import { TASKS } from './tasks.fixture.ts';
import { MemoryControlPlane } from './testing.ts';

@Injectable()
class Tasks {
  readonly owners = new Map([['t1', 'alice']]);
  toCheck(id: string | undefined) {
    const ownerId = this.owners.get(id ?? '');
    return ownerId === undefined ? null : { id: id ?? '', properties: { ownerId } };
  }
}
const ofTask = { resource: ({ params }: NestRequest, get: <T>(type: Type<T>) => T) => get(Tasks).toCheck(params['id']) };

@Controller('tasks')
@Require('task:read')
class TasksController {
  @Get()
  list(@CurrentDecision() decision: Answer) {
    return { by: decision.path?.grant };
  }

  @Delete(':id')
  @Require('task:delete', { ...ofTask, subject: undefined })
  delete(@Param('id') id: string) {
    return { deleted: id };
  }

  @Delete('secret/:id')
  @Require('task:delete', { ...ofTask, hide: true })
  deleteSecret(@Param('id') id: string) {
    return { deleted: id };
  }

  @Delete('twice/:id')
  @Require('task:delete', { ...ofTask, hide: true })
  @Require('task:fly', ofTask)
  @Public()
  deleteTwice() {
    return {};
  }

  @Post('late')
  @Require('task:read', { atLeast: () => 99 })
  late() {
    return {};
  }

  @Get('help')
  @Public()
  help(@CurrentDecision() decision: Answer | undefined) {
    return { decision: decision ?? null };
  }
}

@Controller('undeclared')
class UndeclaredController {
  @Get()
  read() {
    return {};
  }
  @Get('missing')
  missing() {
    throw new NotFoundException();
  }
}

/** Who is signed in is found out by a guard of the application, imported before. */
class SignIn implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<NestRequest>();
    const name = request.headers['x-user'];
    if (typeof name === 'string') request.user = { name };
    return true;
  }
}
@Module({ providers: [{ provide: APP_GUARD, useClass: SignIn }] })
class SignInModule {}

const subject = ({ user }: NestRequest) => (user as { name: string } | undefined)?.name;
let stop: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stop.map((end) => end()));
  stop = [];
});

async function start(options: Partial<LicetModuleOptions> = {}, controllers: Type[] = [TasksController]) {
  const plane = new MemoryControlPlane(TASKS);
  const licet = new Licet({ fetcher: plane.fetcher, decisionLog: false });
  await licet.ready();
  stop.push(() => licet.close());
  const imports = [SignInModule, LicetModule.forRoot({ licet, subject, ...options })];
  return { plane, licet, app: await open(imports, controllers) };
}

async function open(imports: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>, controllers: Type[]) {
  const module = await Test.createTestingModule({ imports, controllers, providers: [Tasks] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  stop.push(() => app.close());
  await app.init();
  const send = async (method: 'GET' | 'POST' | 'DELETE', url: string, user?: string, accept = 'application/json') => {
    const answer = await app.inject({ method, url, headers: { accept, ...(user ? { 'x-user': user } : {}) } });
    const { statusCode: status, headers, body: text } = answer;
    return {
      status,
      headers,
      text,
      json: headers['content-type']?.includes('json') ? (answer.json() as Record<string, unknown>) : undefined,
    };
  };
  return { app, send };
}

describe('a handler that requires a permission', () => {
  it('is reached by whoever has it, with the decision', async () => {
    const { app } = await start();
    expect(await app.send('GET', '/tasks', 'alice')).toMatchObject({ status: 200, json: { by: 'g-read' } });
    expect(await app.send('DELETE', '/tasks/t1', 'alice')).toMatchObject({ status: 200, json: { deleted: 't1' } });
  });

  it('refuses the others with a problem document, or with a page for people', async () => {
    const { app } = await start();
    const refused = await app.send('DELETE', '/tasks/t1', 'bob');
    expect(refused).toMatchObject({ status: 403, json: { code: 'forbidden', detail: expect.stringContaining('task:delete') } });
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      vary: 'accept',
      'cache-control': 'no-store',
    });
    const page = await app.send('DELETE', '/tasks/t1', 'bob', 'text/html');
    expect([page.status, page.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(page.text).toContain('<h1>This is not permitted</h1>');
  });

  it('is as its class says where it says nothing itself', async () => {
    const { app } = await start();
    expect((await app.send('GET', '/tasks', 'bob')).status).toBe(403);
    expect(await app.send('GET', '/tasks/help')).toMatchObject({ status: 200, json: { decision: null } });
  });

  it('is for nobody who is not signed in', async () => {
    const { app } = await start();
    expect(await app.send('DELETE', '/tasks/t1')).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
  });

  it('answers what must not be known of exactly as what is not there', async () => {
    const { app } = await start();
    const [hidden, absent] = [await app.send('DELETE', '/tasks/secret/t1', 'bob'), await app.send('DELETE', '/tasks/secret/t9', 'bob')];
    expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
    expect((await app.send('DELETE', '/tasks/secret/t1', 'alice')).status).toBe(200);
    expect((await app.send('DELETE', '/tasks/t9', 'alice')).status).toBe(404);
  });

  it('requires all that stands above it, the first one first', async () => {
    const { app } = await start();
    expect((await app.send('DELETE', '/tasks/twice/t1', 'bob')).status).toBe(404);
    const refused = await app.send('DELETE', '/tasks/twice/t1', 'alice');
    expect([refused.status, refused.json?.['detail']]).toEqual([403, expect.stringContaining('task:fly')]);
  });

  it('answers 503 where Licet cannot tell', async () => {
    const { app } = await start();
    const late = await app.send('POST', '/tasks/late', 'alice');
    expect([late.status, late.json?.['code'], late.headers['retry-after']]).toEqual([503, 'unavailable', '5']);
  });
});

describe('what is wrong with a guard', () => {
  it('is said when it is declared, and when the application starts', async () => {
    expect(() => Require('taskread')).toThrow(
      expect.objectContaining({ name: 'ConfigError', message: expect.stringContaining('`taskread`') }),
    );
    await expect(start({ subject: undefined as never })).rejects.toThrow('`subject` must be a function');
  });
});

describe('an application that denies by default', () => {
  it('does not start while a handler declares nothing, and names it', async () => {
    const starting = start({ denyByDefault: true }, [TasksController, UndeclaredController]);
    await expect(starting).rejects.toThrow('declare @Require(...) or @Public() on UndeclaredController.read, UndeclaredController.missing');
  });

  it('starts once all do', async () => {
    const { app } = await start({ denyByDefault: true });
    expect((await app.send('GET', '/tasks/help')).status).toBe(200);
  });
});

describe('a service that refuses a message of another service', () => {
  it('answers with the refusal, which Nest sends as the error of the call', async () => {
    const { app, licet } = await start();
    const [filter] = app.app.get(ApplicationConfig).getGlobalFilters() as { catch: (error: unknown, host: ArgumentsHost) => unknown }[];
    const host = new ExecutionContextHost([{}]);
    host.setType('rpc');
    const answerTo = (error: unknown) => lastValueFrom(filter!.catch(error, host) as Observable<unknown>);
    const refused = (() => licet.require('bob', 'task:read')) as () => never;
    const forbidden = { status: 403, code: 'forbidden', message: expect.stringContaining('task:read') };
    await expect(Promise.resolve().then(refused).catch(answerTo)).rejects.toMatchObject(forbidden);
  });
});

describe('the module', () => {
  it('leaves handlers that declare nothing alone unless told otherwise, and other errors to Nest', async () => {
    const { app } = await start({}, [UndeclaredController]);
    expect((await app.send('GET', '/undeclared')).status).toBe(200);
    expect(await app.send('GET', '/undeclared/missing')).toMatchObject({ status: 404, json: { statusCode: 404 } });
  });

  it('takes its options from other providers, makes its own Licet, and closes it with the application', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const useFactory = async (tasks: Tasks) => {
      await Promise.resolve();
      return { licet: { fetcher: plane.fetcher }, subject: () => tasks.owners.get('t1') };
    };
    @Module({ providers: [Tasks], exports: [Tasks] })
    class TasksModule {}
    const { app, send } = await open(
      [LicetModule.forRootAsync({ imports: [TasksModule], inject: [Tasks], useFactory })],
      [TasksController],
    );
    await app.get(Licet).ready();
    expect((await send('GET', '/tasks')).status).toBe(200);
    await app.close();
    expect(plane.listeners).toBe(0);
  });

  it('takes a Licet of another copy of this package, and answers the refusals of either', async () => {
    jest.resetModules();
    const [{ Licet: Other }, { Forbidden: OtherForbidden }] = await Promise.all([import('./licet.ts'), import('./errors.ts')]);
    expect(Other).not.toBe(Licet);
    const licet = new Other({ fetcher: new MemoryControlPlane(TASKS).fetcher, decisionLog: false });
    await licet.ready();
    stop.push(() => licet.close());
    const refuse = () => Promise.reject(new OtherForbidden('task:read', licet.check('bob', 'task:read')));
    const { app } = await start({ licet });
    expect((await app.send('GET', '/tasks', 'alice')).status).toBe(200);
    const { app: refusing } = await start({ licet, tenant: refuse });
    expect(await refusing.send('GET', '/tasks', 'alice')).toMatchObject({ status: 403, json: { code: 'forbidden' } });
  });

  it('lets nobody through where an option throws what is no error', async () => {
    for (const thrown of [undefined, null, '', 'route']) {
      const { app } = await start({ tenant: () => Promise.reject(thrown as unknown as Error) });
      expect((await app.send('GET', '/tasks', 'alice')).status).toBe(500);
    }
  });

  it('knows the tenant of a request', async () => {
    const { app } = await start({ tenant: () => 'acme' });
    expect((await app.send('GET', '/tasks', 'alice')).status).toBe(403);
  });
});
