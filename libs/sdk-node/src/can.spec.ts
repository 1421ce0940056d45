import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Module } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import Fastify from 'fastify';
import { canRoute as expressRoute } from './express.ts';
import { canRoute as fastifyRoute } from './fastify.ts';
import { Licet } from './licet.ts';
import { canController, LicetModule } from './nest.ts';
import type { Mode } from './settings.ts';
import { MemoryControlPlane } from './testing.ts';
import { TASKS, closeAll, connect } from './tasks.fixture.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await closeAll();
});

/** What each framework gives of a request. */
interface Asked {
  headers: Record<string, string | string[] | undefined>;
}
const header = (request: object, name: string) => (request as Asked).headers[name] as string | undefined;
const OPTIONS = {
  subject: (request: object) => header(request, 'x-user'),
  tenant: (request: object) => header(request, 'x-tenant'),
  context: (request: object) => ({ mfa: header(request, 'x-mfa') === 'yes' }),
};

const FRAMEWORKS = {
  async express(licet: Licet<Mode>) {
    const app = express();
    app.post('/can', express.json(), expressRoute(licet, OPTIONS));
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/can`;
  },
  async fastify(licet: Licet<Mode>) {
    const app = Fastify();
    app.post('/can', fastifyRoute(licet, OPTIONS));
    closing.push(() => app.close());
    return `${await app.listen({ host: '127.0.0.1', port: 0 })}/can`;
  },
  async nest(licet: Licet<Mode>) {
    class App {}
    Module({ imports: [LicetModule.forRoot({ licet, ...OPTIONS, denyByDefault: true })], controllers: [canController()] })(App);
    const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false });
    closing.push(() => app.close());
    await app.listen(0, '127.0.0.1');
    return `${await app.getUrl()}/can`;
  },
};

async function ask(url: string, questions: unknown, headers: Record<string, string> = { 'x-user': 'alice' }) {
  const sent = { 'content-type': 'application/json', connection: 'close', ...headers };
  const answer = await fetch(url, { method: 'POST', headers: sent, body: JSON.stringify(questions) });
  return { status: answer.status, type: answer.headers.get('content-type'), headers: answer.headers, text: await answer.text() };
}
const OWN = { permission: 'task:delete', resource: { id: 't1', properties: { ownerId: 'alice' } } };
const many = (count: number) => ({ questions: new Array<typeof OWN>(count).fill(OWN) });

describe.each(Object.entries(FRAMEWORKS))('what a page may ask (%s)', (_, serve) => {
  const ready = async (rows = TASKS) => {
    const at = connect({}, new MemoryControlPlane(rows));
    await at.licet.ready();
    return { ...at, url: await serve(at.licet) };
  };

  it('is answered about whoever is signed in, in order, with booleans and nothing else', async () => {
    const { url, licet, plane } = await ready();
    const questions = [{ permission: 'task:read' }, { permission: 'task:delete', resource: 't1' }, OWN, { permission: 'nonsense' }];
    const answer = await ask(url, { questions });
    expect(answer).toMatchObject({ status: 200, type: 'application/json; charset=utf-8', text: '{"answers":[true,false,true,false]}' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await ask(url, { questions }, { 'x-user': 'bob' })).text).toBe('{"answers":[false,false,false,false]}');
    await licet.close();
    expect(plane.posted('/replica/v1/decisions')).toEqual([]);
  });

  it('is refused where it names anybody else, another tenant or a context, and where it is no list of questions', async () => {
    const { url } = await ready();
    const bodies = [
      { questions: [OWN], subject: 'root' },
      { questions: [{ ...OWN, subject: { id: 'root' } }] },
      { questions: [{ ...OWN, tenant: 'acme' }] },
      { questions: [{ ...OWN, context: { mfa: true } }] },
      { questions: [{ ...OWN, resource: { type: 'task', id: 't1' } }] },
      { questions: [{ permission: 'task:read', resource: null }] },
      { questions: ['task:read'] },
      { questions: [null] },
      { questions: {} },
      [OWN],
      {},
    ];
    for (const body of bodies) {
      const { status, type, text } = await ask(url, body);
      expect([body, status, type, text.includes('invalid_request')]).toEqual([body, 400, 'application/problem+json; charset=utf-8', true]);
    }
  });

  it('has a bound', async () => {
    const { url } = await ready();
    expect((await ask(url, many(200))).status).toBe(200);
    expect((await ask(url, many(201))).status).toBe(400);
  });

  it('is decided in the tenant and the context that the application says', async () => {
    const { url } = await ready({ ...TASKS, conditions: [{ id: 'own', tree: { op: 'var', path: ['context', 'mfa'] } }] });
    const inDefault = { questions: [{ permission: 'task:delete', resource: { properties: { tenant: 'default' } } }] };
    const answers = [
      await ask(url, inDefault, { 'x-user': 'alice', 'x-mfa': 'yes' }),
      await ask(url, inDefault, { 'x-user': 'alice' }),
      await ask(url, inDefault, { 'x-user': 'alice', 'x-mfa': 'yes', 'x-tenant': 'acme' }),
    ];
    expect(answers.map(({ text }) => text)).toEqual(['{"answers":[true]}', '{"answers":[false]}', '{"answers":[false]}']);
  });

  it('is not answered to nobody, and not where Licet cannot tell', async () => {
    const { url } = await ready();
    expect(await ask(url, many(1), {})).toMatchObject({ status: 401, text: expect.stringContaining('"unauthenticated"') });
    const plane = new MemoryControlPlane(TASKS);
    plane.down = true;
    const answer = await ask(await serve(new Licet({ mode: 'remote', fetcher: plane.fetcher })), many(1));
    expect([answer.status, answer.headers.get('retry-after'), answer.text.includes('answers"')]).toEqual([503, '5', false]);
  });

  it('goes to the decision point as one request in remote mode', async () => {
    const plane = new MemoryControlPlane(TASKS);
    const url = await serve(new Licet({ mode: 'remote', fetcher: plane.fetcher }));
    expect((await ask(url, { questions: [{ permission: 'task:read' }, OWN] })).text).toBe('{"answers":[true,true]}');
    expect(plane.requests).toHaveLength(1);
  });
});
