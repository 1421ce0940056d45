import { ERROR_STATUS, openApiDocument, Problem } from '@licet/contract';
import { Random } from '../random.ts';
import { type Findings, Finder } from './findings.ts';
import type { Answer, Installation } from './installation.ts';

type Schema = Record<string, unknown>;
interface Operation {
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, unknown>;
}

const DEPTH = 6;
const HOSTILE: unknown[] = [
  ...[
    null,
    true,
    -1,
    0,
    1.5,
    1e308,
    2 ** 53,
    '',
    ' ',
    'x'.repeat(5000),
    '\u0000',
    '\ud800',
    '../../etc',
    '%00',
    "' or 1=1 --",
    '<script>',
    '*',
    ':',
    'licet.owner',
  ],
  ...[
    [],
    {},
    [[]],
    { toString: 1 },
    { constructor: { prototype: { x: 1 } } },
    [null],
    { $ne: null },
    '9'.repeat(400),
    'é'.normalize('NFD'),
  ],
];
const TEXTS = HOSTILE.filter((value) => typeof value === 'string');
const BROKEN = ['', '{', '[', 'null', '"x"', '{"a":1,}', '{"__proto__":{"x":1}}', '\u{feff}{}', '{"a":1}{"a":2}', '['.repeat(3000)];
const STACK = /node_modules|\bat [\w.<>]+ \(|SQLITE|mikro-orm|FST_ERR|select .* from /i;

/** Requests that are made from the OpenAPI document and then spoilt: each is answered as it says, soon, and without a look inside. */
export async function requests(licet: Installation, count: number, seed: number): Promise<Findings> {
  const finder = new Finder();
  const document = openApiDocument('0') as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  for (let turn = 0; turn < count; turn++) {
    const random = new Random(seed, 5, turn);
    const { path, method, operation } = random.pick(routes);
    const target = targetOf(path, operation, random);
    const body = method === 'GET' || method === 'DELETE' ? undefined : bodyOf(operation, document.components.schemas, random);
    const headers: Record<string, string> = random.once(3) ? { 'if-match': random.pick(['"1"', 'x', '"-1"', '', '"99999999999"']) } : {};
    const key = random.once(20) ? '' : licet.owner;
    const answer = await licet.ask(method, target, { body, headers, key }).catch((error: unknown) => String(error));
    const wrong = typeof answer === 'string' ? { fault: 'no answer', saw: answer } : faultOf(answer, operation);
    const kind = typeof answer === 'string' ? 'none' : String(answer.status);
    const sent = `${method} ${target.slice(0, 200)} ${String(JSON.stringify(body)).slice(0, 300)}`;
    finder.probe(
      kind,
      wrong && `seed ${seed} turn ${turn}: ${sent}: ${wrong.saw}`,
      `${method} ${path} ${kind}${wrong ? `, ${wrong.fault}` : ''}`,
    );
  }
  const alive = await licet.ask('GET', '/api/v1/roles');
  finder.probe('the owner may still ask', alive.status === 200 ? false : `answered ${alive.status}`);
  finder.probe('nothing of the inside in the log', /internal|unhandled/i.test(licet.output()) ? licet.output().slice(-500) : false);
  return finder;
}

function faultOf({ status, type, text, ms }: Answer, { responses }: Operation): { fault: string; saw: string } | false {
  if (status >= 500) return { fault: 'internal', saw: text.slice(0, 300) };
  if (ms > 2000) return { fault: 'slow', saw: `took ${Math.round(ms)} ms` };
  if (STACK.test(text) && status >= 400) return { fault: 'a look inside', saw: text.slice(0, 300) };
  if (String(status) in responses || status === 304) return false;
  const known = (Object.values(ERROR_STATUS) as number[]).includes(status);
  if (!known || !type.startsWith('application/problem+json')) return { fault: 'undocumented', saw: `${type} ${text.slice(0, 100)}` };
  return Problem.safeParse(JSON.parse(text)).success ? false : { fault: 'no problem document', saw: text.slice(0, 300) };
}

function targetOf(path: string, { parameters }: Operation, random: Random): string {
  const value = () =>
    encodeURIComponent((random.pick([...TEXTS, 'x', 'ana', '1', 'true', 'id', 'asc']) as string).toWellFormed())
      .slice(0, 600)
      .replace(/%[^%]?$/, '');
  const filled = path.replace(/\{\w+\}/g, () => (random.once(3) ? 'licet.owner' : value() || 'x'));
  const query = parameters.filter((parameter) => parameter.in === 'query' && random.once(3)).map(({ name }) => `${name}=${value()}`);
  if (random.once(10)) query.push(`unknown=${value()}`, `q=${value()}`);
  return query.length > 0 ? `${filled}?${query.join('&')}` : filled;
}

function bodyOf({ requestBody }: Operation, schemas: Record<string, Schema>, random: Random): unknown {
  if (random.once(15)) return random.pick(BROKEN);
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema ?? {};
  return made(schema, schemas, random, 0);
}

/** A value that fits a JSON Schema, except where it is spoilt. */
function made(schema: Schema, schemas: Record<string, Schema>, random: Random, depth: number): unknown {
  if (random.once(10) && depth > 0) return random.pick(HOSTILE);
  const ref = schema['$ref'];
  if (typeof ref === 'string') return depth > DEPTH ? null : made(schemas[ref.split('/').at(-1) ?? ''] ?? {}, schemas, random, depth + 1);
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    if (Array.isArray(schema[word])) return made(random.pick(schema[word] as Schema[]), schemas, random, depth + 1);
  }
  if (Array.isArray(schema['enum'])) return random.pick(schema['enum'] as unknown[]);
  if ('const' in schema) return schema['const'];
  return madeOf(schema, schemas, random, depth);
}

function madeOf(schema: Schema, schemas: Record<string, Schema>, random: Random, depth: number): unknown {
  const item = (of: unknown) => made((of ?? {}) as Schema, schemas, random, depth + 1);
  switch (schema['type']) {
    case 'object': {
      const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
      const required = (schema['required'] ?? []) as string[];
      const kept = properties.filter(([name]) => (required.includes(name) ? !random.once(20) : random.once(2)));
      const more =
        depth < DEPTH && typeof schema['additionalProperties'] === 'object' && random.once(2)
          ? [[random.pick(['a', 'x1', 'task']), schema['additionalProperties']] as const]
          : [];
      const odd = random.once(25) ? [['unknown', random.pick(HOSTILE)] as const] : [];
      return Object.fromEntries([...[...kept, ...more].map(([name, of]) => [name, item(of)]), ...odd]);
    }
    case 'array':
      return depth > DEPTH ? [] : Array.from({ length: random.below(3) }, () => item(schema['items']));
    case 'integer':
    case 'number':
      return random.below(5);
    case 'boolean':
      return random.once(2);
    case 'string':
      return schema['format'] === 'uuid'
        ? '0190aaaa-0000-7000-8000-000000000000'
        : random.pick(['a', 'task', 'task:read', 'ana', 'x.y-z', '2030-01-01T00:00:00Z']);
    default:
      return random.pick(['a', 1, null, {}]);
  }
}
