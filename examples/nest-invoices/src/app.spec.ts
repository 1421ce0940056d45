import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import type { MikroORM } from '@mikro-orm/sqlite';
import { Licet } from '@licet/sdk-node';
import { MemoryControlPlane } from '@licet/sdk-node/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppModule } from './app.module.ts';
import { openDatabase } from './database.ts';

type Rows = NonNullable<ConstructorParameters<typeof MemoryControlPlane>[0]>;
type Tree = NonNullable<Rows['conditions']>[number]['tree'];
const path = (...parts: string[]): Tree => ({ op: 'var', path: parts });
const grant = (role: string, action: string, condition: string | null = null, effect: 'allow' | 'deny' = 'allow') =>
  ({ id: `${role} ${effect} ${action}`, role, permission: `invoice:${action}`, effect, condition }) as const;
const assignment = (user: string, role: string, tenant: string) =>
  ({ id: `${user} ${role}`, user, group: null, role, tenant, resource: null, startsAt: null, expiresAt: null }) as const;

/** The same as policy.yaml. */
const POLICY: Rows = {
  tenants: ['default', 'acme', 'globex'].map((id) => ({ id })),
  'resource-types': [{ id: 'invoice', attributes: {} }],
  permissions: ['list', 'create', 'read', 'approve'].map((action) => ({ id: `invoice:${action}` })),
  conditions: [
    { id: 'is-own-invoice', tree: { op: 'eq', args: [path('resource', 'properties', 'ownerId'), path('subject', 'id')] } },
    { id: 'is-small-invoice', tree: { op: 'le', args: [path('resource', 'properties', 'amount'), { op: 'lit', value: 1000 }] } },
  ],
  roles: ['clerk', 'approver', 'director'].map((id) => ({ id })),
  'role-inherits': [
    { id: 'i1', role: 'approver', inherits: 'clerk' },
    { id: 'i2', role: 'director', inherits: 'approver' },
  ],
  grants: [
    ...[grant('clerk', 'list'), grant('clerk', 'create'), grant('clerk', 'read', 'is-own-invoice')],
    ...[
      grant('approver', 'read'),
      grant('approver', 'approve', 'is-small-invoice'),
      grant('approver', 'approve', 'is-own-invoice', 'deny'),
    ],
    grant('director', 'approve'),
  ],
  users: ['cleo', 'abe', 'dora', 'gina'].map((id) => ({ id, enabled: true, attributes: {} })),
  assignments: [
    ...[assignment('cleo', 'clerk', 'acme'), assignment('abe', 'approver', 'acme')],
    ...[assignment('dora', 'director', 'acme'), assignment('gina', 'director', 'globex')],
  ],
};

let plane: MemoryControlPlane;
let licet: Licet;
let orm: MikroORM;
let app: NestFastifyApplication;
beforeEach(async () => {
  plane = new MemoryControlPlane(POLICY);
  licet = new Licet({ fetcher: plane.fetcher, decisionLog: false });
  await licet.ready();
  orm = await openDatabase(':memory:');
  app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(licet, orm), new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  await app.init();
});
afterEach(async () => {
  await app.close();
  await orm.close();
  await licet.close();
});

async function send(method: 'GET' | 'POST', url: string, user?: string, payload: object = {}) {
  const headers = { accept: 'application/json', ...(user ? { 'x-user': user } : {}) };
  const { statusCode, body } = await app.inject({ method, url, headers, ...(method === 'POST' ? { payload } : {}) });
  return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
}
const titles = async (user: string, company = 'acme') =>
  ((await send('GET', `/${company}/invoices`, user)).body as unknown as { title: string }[]).map(({ title }) => title);

describe('invoices', () => {
  it('are listed for whom they are: those of their own, or all of the company', async () => {
    expect(await titles('cleo')).toEqual(['Desk lamps', 'Server room']);
    expect(await titles('abe')).toEqual(['Desk lamps', 'Server room', 'Train tickets']);
    expect(await titles('gina', 'globex')).toEqual(['Coffee']);
    expect((await send('GET', '/acme/invoices', 'gina')).status).toBe(403);
    expect((await send('GET', '/acme/invoices')).status).toBe(401);
  });

  it('are approved under an amount; above it the refusal names the permission that is missing', async () => {
    expect(await send('POST', '/acme/invoices/i1/approve', 'abe')).toMatchObject({ status: 200, body: { approvedBy: 'abe' } });
    const refused = await send('POST', '/acme/invoices/i2/approve', 'abe');
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', detail: expect.stringContaining('invoice:approve') } });
    expect((await send('POST', '/acme/invoices/i2/approve', 'dora')).status).toBe(200);
  });

  it('are not approved by whoever entered them', async () => {
    expect((await send('POST', '/acme/invoices/i3/approve', 'abe')).status).toBe(403);
    const { body } = await send('POST', '/acme/invoices', 'dora', { title: 'Chair', amount: 80 });
    expect((await send('POST', `/acme/invoices/${String(body['id'])}/approve`, 'dora')).status).toBe(403);
    expect((await send('POST', `/acme/invoices/${String(body['id'])}/approve`, 'abe')).status).toBe(200);
  });

  it('of others are a secret: what must not be read is answered as what is not there', async () => {
    const absent = await send('GET', '/acme/invoices/none', 'cleo');
    expect(absent.status).toBe(404);
    expect(await send('GET', '/acme/invoices/i3', 'cleo')).toEqual(absent);
    expect(await send('POST', '/acme/invoices/i3/approve', 'cleo')).toEqual(absent);
    expect((await send('POST', '/acme/invoices/i1/approve', 'cleo')).status).toBe(403);
  });

  it('of one company are out of reach through the address of the other', async () => {
    expect((await send('GET', '/globex/invoices/i1', 'gina')).status).toBe(404);
    expect((await send('GET', '/acme/invoices/i4', 'dora')).status).toBe(404);
    expect((await send('GET', '/nowhere/invoices', 'dora')).status).toBe(403);
  });

  it('follow the policy: what is revoked is refused at once', async () => {
    await licet.reach(plane.commit({ kind: 'assignments', id: 'abe approver', row: null }));
    expect((await send('POST', '/acme/invoices/i1/approve', 'abe')).status).toBe(404);
  });

  it('say what is wrong with what was sent', async () => {
    expect(await send('POST', '/acme/invoices', 'cleo', { title: 'x' })).toMatchObject({ status: 400 });
  });
});

describe('the application', () => {
  it('names no role outside of its policy', () => {
    for (const file of ['app.module', 'invoices.controller', 'invoices.service', 'invoice.entity', 'main', 'database']) {
      expect(readFileSync(new URL(`./${file}.ts`, import.meta.url), 'utf8')).not.toMatch(/\b(clerk|approver|director)s?\b/i);
    }
  });
});
