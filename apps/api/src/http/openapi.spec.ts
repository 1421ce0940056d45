import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { COLLECTIONS, type CollectionSpec, RESERVED_PERMISSIONS } from '@licet/contract';
import type { InjectOptions } from 'fastify';
import { inject, startApi, type TestApi } from '../../test/api.ts';

type Schema = Record<string, unknown>;
interface Operation {
  summary: string;
  description?: string;
  security?: object[];
  parameters: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> };
}

describe('the OpenAPI document', () => {
  let api: TestApi;
  let document: Document;
  let operations: [string, Operation][];

  beforeAll(async () => {
    api = await startApi('sqlite');
    document = (await api.call('GET', '/api/v1/openapi.json', undefined, { cookie: '' })).body;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as [string, Operation]),
    );
  });
  afterAll(() => api.stop());

  const documented = () => new Set(operations.map(([route]) => route));
  const served = () =>
    api.routes
      .map((route) => route.replace(/:(\w+)/g, '{$1}'))
      // The files of the console are no part of it; whatever else is served is, wherever somebody put it.
      .filter((route) => !/ \/(index\.html|\*)?$/.test(route));

  it('names no route that is not served', () => {
    const routes = new Set(served());
    expect([...documented()].filter((route) => !routes.has(route))).toEqual([]);
    expect(documented().size).toBeGreaterThan(70);
  });

  it('names every route that is served; what it does not name answers nothing but 404 and 405', async () => {
    const key = await api.key('everything', 'licet.owner');
    const others = served().filter(
      (route) => !documented().has(route) && !(route.startsWith('HEAD ') && documented().has(route.replace('HEAD', 'GET'))),
    );
    expect(others.filter((route) => / \/(api|replica)\//.test(route))).toEqual([]);
    for (const route of others) {
      const [method, path] = route.split(' ') as [NonNullable<InjectOptions['method']>, string];
      const answer = await inject(api, { method, url: path.replace('*', 'anything').replace('{tenant}', 'acme'), headers: key });
      expect([route, [404, 405].includes(answer.statusCode)]).toEqual([route, true]);
    }
  });

  it('has every collection of the contract, with its filters and sorting', () => {
    for (const [name, spec] of Object.entries(COLLECTIONS) as [string, CollectionSpec][]) {
      const list = document.paths[`/api/v1/${name}`]!['get']!;
      expect(list.parameters.map((parameter) => parameter.name)).toEqual(['q', 'page', 'perPage', 'sort', 'order', ...spec.filters]);
      expect([name, Object.keys(document.paths[`/api/v1/${name}/{id}`]!).sort()]).toEqual([
        name,
        ['get', ...(spec.update ? ['patch'] : []), ...(spec.delete ? ['delete'] : [])].sort(),
      ]);
    }
  });

  it('is of the form that OpenAPI 3.1 asks for', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const [route, { summary, responses, parameters, requestBody, security, description }] of operations) {
      expect([route, summary.length > 5, Object.keys(responses).length]).toEqual([route, true, 2]);
      expect([route, Object.keys(responses).every((status) => /^(2\d\d|302|default)$/.test(status))]).toEqual([route, true]);
      const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([route, parameters.filter((parameter) => parameter.in === 'path').map(({ name, required }) => [name, required])]).toEqual([
        route,
        names.map((name) => [name, true]),
      ]);
      expect([route, new Set(parameters.map(({ name }) => name)).size]).toEqual([route, parameters.length]);
      if (route.startsWith('GET')) expect([route, requestBody]).toEqual([route, undefined]);
      for (const scheme of (security ?? []).flatMap((entry) => Object.keys(entry)))
        expect(document.components.securitySchemes).toHaveProperty(scheme);
      const needs = /^Needs (licet\.[\w:.-]+)\.$/.exec(description ?? '')?.[1];
      if (needs) expect(RESERVED_PERMISSIONS as string[]).toContain(needs);
    }
  });

  it('refers only to schemas that it has, and has none that nothing refers to', () => {
    const refs = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!));
    for (const ref of refs)
      expect([ref, /^#\/components\/schemas\/[\w.-]+$/.test(ref) && ref.split('/').at(-1)! in document.components.schemas]).toEqual([
        ref,
        true,
      ]);
    expect(Object.keys(document.components.schemas).filter((name) => !refs.has(`#/components/schemas/${name}`))).toEqual([]);
    expect(JSON.stringify(document)).not.toMatch(/"\$schema"|"\$defs"/);
    for (const [name, schema] of Object.entries(document.components.schemas))
      expect([name, ['type', 'anyOf', 'oneOf'].some((word) => word in schema)]).toEqual([name, true]);
  });
});
