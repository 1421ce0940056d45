import { z } from 'zod';
import { ApiKeyCreated, ApiKeyRotate, AssignRequest, AssignResponse, RevokeManyRequest, RevokeRequest, UserSyncRequest, UserSyncResponse } from './admin.ts';
import { COLLECTIONS, type CollectionSpec, pageOf } from './collections.ts';
import { DECISION_ROUTES, type Method, type Operation } from './decision-routes.ts';
import { DeclareRequest, DeclareResponse } from './declare.ts';
import { Problem } from './errors.ts';
import { Explanation, ExplainRequest } from './explain.ts';
import { OPERATOR_ROUTES } from './operator-routes.ts';
import { SnapshotDocument } from './policy.ts';
import { ApplyRequest, ApplyResponse, PolicyFile } from './policy-file.ts';
import { ApiKeyHashes, ChangesPage, DecisionUpload, DecisionUploadAnswer, ReplicaStatus } from './replication.ts';

type Json = Record<string, unknown>;

/**
 * The OpenAPI 3.1 document of every route, made from the same schemas that check the requests.
 * @param version the version of the product
 * @returns a JSON object
 */
export function openApiDocument(version: string): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const [path, methods] of Object.entries(operations())) {
    paths[path] = Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method, describe(method as Method, path, operation, components)]),
    );
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Licet', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `lct_...`.' },
        session: { type: 'apiKey', in: 'cookie', name: 'licet_session' },
      },
    },
  };
}

/** Every path with its methods, as the api serves them. `{id}` stands for a row's id, `{tenant}` for a tenant's key. */
export function operations(): Record<string, Partial<Record<Method, Operation>>> {
  const paths: Record<string, Partial<Record<Method, Operation>>> = { ...FIXED };
  for (const [name, spec] of Object.entries(COLLECTIONS) as [string, CollectionSpec][]) Object.assign(paths, collectionPaths(name, spec));
  return paths;
}

const FIXED: Record<string, Partial<Record<Method, Operation>>> = {
  ...DECISION_ROUTES,
  '/replica/v1/snapshot': {
    get: {
      summary: 'The whole policy at the newest revision.',
      tag: 'replication',
      needs: 'licet.policy:replicate',
      answer: SnapshotDocument,
    },
  },
  '/replica/v1/changes': {
    get: {
      summary: 'The changes after a revision, as a page or as an event stream.',
      tag: 'replication',
      needs: 'licet.policy:replicate',
      answer: ChangesPage,
      parameters: [
        query('since', 'integer', 'The revision that the replica holds.'),
        query('at', 'string', 'When that was committed; where it was committed at another time here, a backup was restored, and the answer is 410.'),
      ],
    },
  },
  '/replica/v1/api-keys': {
    get: {
      summary: 'The live API keys, by their hashes, for standalone decision points.',
      tag: 'replication',
      needs: 'licet.api-key:verify',
      answer: ApiKeyHashes,
    },
  },
  '/replica/v1/status': {
    post: {
      summary: 'Say what a replica holds.',
      tag: 'replication',
      needs: 'licet.decision-point:report',
      status: 204,
      body: ReplicaStatus,
    },
  },
  '/replica/v1/decisions': {
    post: {
      summary: 'Upload decisions that were made locally.',
      tag: 'replication',
      needs: 'licet.decision:create',
      body: DecisionUpload,
      answer: DecisionUploadAnswer,
      status: 202,
    },
  },
  ...OPERATOR_ROUTES,
  '/api/v1/users/sync': posted(
    'users',
    'licet.user:sync',
    'Register users or bring them up to date, one after another.',
    UserSyncRequest,
    UserSyncResponse,
  ),
  '/api/v1/assignments/assign': posted('assignments', 'licet.assignment:create', 'Assign a role.', AssignRequest, AssignResponse),
  '/api/v1/assignments/revoke': posted('assignments', 'licet.assignment:delete', 'Revoke a role.', RevokeRequest, AssignResponse),
  '/api/v1/assignments/revoke-many': {
    post: {
      summary: 'Delete assignments in one change, if none of them was changed since: all or none.',
      tag: 'assignments',
      needs: 'licet.assignment:delete',
      body: RevokeManyRequest,
      answer: AssignResponse,
      ofRows: true,
    },
  },
  '/api/v1/api-keys/{id}/rotate': {
    post: {
      summary: 'Replace an API key, with a time in which both are taken. Needs If-Match.',
      tag: 'api-keys',
      needs: 'licet.api-key:update',
      body: ApiKeyRotate,
      answer: ApiKeyCreated,
      status: 201,
      stepUp: true,
    },
  },
  '/api/v1/resource-types/declare': posted(
    'resource-types',
    'licet.resource-type:declare',
    'Register what an application asks about.',
    DeclareRequest,
    DeclareResponse,
  ),
  '/api/v1/policy': {
    get: { summary: 'The whole policy as a policy file.', tag: 'policy', needs: 'licet.policy:export', answer: PolicyFile },
  },
  '/api/v1/policy/apply': {
    post: {
      summary: 'Make the policy equal to a file, for what the file names.',
      tag: 'policy',
      needs: 'licet.policy:apply',
      body: ApplyRequest,
      answer: ApplyResponse,
    },
  },
  '/api/v1/explain': {
    post: {
      summary: 'Explain how a question is answered, now or at a past revision: what decides, and what is missing.',
      tag: 'decisions',
      needs: 'licet.decision:explain',
      body: ExplainRequest,
      answer: Explanation,
    },
  },
  '/api/v1/openapi.json': { get: { summary: 'This document.', tag: 'operations' } },
  '/healthz': { get: { summary: 'Whether the process lives.', tag: 'operations' } },
  '/readyz': { get: { summary: 'Whether it can serve.', tag: 'operations' } },
};

function collectionPaths(name: string, spec: CollectionSpec): Record<string, Partial<Record<Method, Operation>>> {
  const need = (action: string) => `${spec.permission}:${action}`;
  const sorts = spec.sort.map((field) => field.replace(/^-/, ''));
  const search = query('q', 'string', `Text to search for in ${spec.search.join(', ')}.`);
  const filters = spec.filters.map((field) => query(field, 'string', 'Filter.'));
  const parameters = [
    search,
    query('page', 'integer', 'From 1.'),
    query('perPage', 'integer', 'At most 1,000; 25 unless said.'),
    query('sort', 'string', `One of ${sorts.join(', ')}.`),
    query('order', 'string', 'asc or desc.'),
    ...filters,
  ];
  const all: Partial<Record<Method, Operation>> = {
    get: { summary: `List ${name}.`, tag: name, needs: need('read'), answer: pageOf(spec.row), parameters },
  };
  const one: Partial<Record<Method, Operation>> = {
    get: { summary: `Read one of ${name}.`, tag: name, needs: need('read'), answer: spec.row },
  };
  if (spec.create)
    all.post = {
      summary: `Create one of ${name}.`,
      tag: name,
      needs: need('create'),
      body: spec.create,
      answer: spec.created ?? spec.row,
      status: 201,
    };
  if (spec.update)
    one.patch = {
      summary: `Update one of ${name}. Needs If-Match.`,
      tag: name,
      needs: need('update'),
      body: spec.update,
      answer: spec.row,
    };
  if (spec.delete) one.delete = { summary: `Delete one of ${name}. Needs If-Match.`, tag: name, needs: need('delete'), status: 204 };
  if (spec.stepUp) for (const write of [all.post, one.patch, one.delete]) if (write) write.stepUp = true;
  const exported: Operation = {
    summary: `Export ${name}: all that a list finds, the oldest first, as lines of JSON or as CSV.`,
    tag: name,
    needs: need('read'),
    answer: spec.row,
    media: ['application/jsonl', 'text/csv'],
    parameters: [search, query('format', 'string', 'jsonl, unless said, or csv.'), ...filters],
  };
  const paths = {
    [`/api/v1/${name}`]: all,
    ...(spec.export ? { [`/api/v1/${name}/export`]: { get: exported } } : {}),
    [`/api/v1/${name}/{id}`]: one,
  };
  for (const methods of Object.values(paths)) for (const operation of Object.values(methods)) operation.ofRows = true;
  return paths;
}

function describe(method: Method, path: string, operation: Operation, components: Json): Json {
  const { summary, tag, needs, body, answer, media, status = 200, parameters = [], stepUp } = operation;
  const required = (name: string, place: string) => [{ name, in: place, required: true, schema: { type: 'string' } }];
  const id = path.includes('{id}') ? required('id', 'path') : [];
  const match = id.length > 0 && method !== 'get' && !operation.unversioned ? required('If-Match', 'header') : [];
  const content = (schema: z.ZodType, io: 'input' | 'output', types: readonly string[] = ['application/json']) => ({
    content: Object.fromEntries(types.map((type) => [type, { schema: jsonSchema(schema, io, components) }])),
  });
  return {
    summary,
    tags: [tag],
    ...(needs ? { description: `Needs ${needs}.${stepUp ? STEP_UP : ''}`, security: [{ apiKey: [] }, { session: [] }] } : {}),
    parameters: [...id, ...match, ...parameters],
    ...(body ? { requestBody: { required: true, ...content(body, 'input') } } : {}),
    responses: {
      [status]: { description: 'Done.', ...(answer ? content(answer, 'output', media) : {}) },
      default: { description: 'A problem.', ...content(Problem, 'output', ['application/problem+json']) },
    },
  };
}

const STEP_UP = ' An operator must have signed in or shown a proof lately (`/api/v1/session/step-up`).';

/** A schema as JSON Schema; named schemas go to the components and are referred to. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Json & { $defs?: Json };
  const { $schema: _, $defs, ...document } = made;
  for (const [name, definition] of Object.entries($defs ?? {})) components[name] ??= pointToComponents(definition);
  const name = document['id'];
  if (typeof name !== 'string') return pointToComponents(document) as Json;
  components[name] ??= pointToComponents(document);
  return { $ref: `#/components/schemas/${name}` };
}

function pointToComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointToComponents);
  if (value === null || typeof value !== 'object') return value;
  const point = (key: string, member: unknown) =>
    key === '$ref' && typeof member === 'string' ? member.replace('#/$defs/', '#/components/schemas/') : pointToComponents(member);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, point(key, member)]));
}

function query(name: string, type: string, description: string): Json {
  return { name, in: 'query', schema: { type }, description };
}

function posted(tag: string, needs: string, summary: string, body: z.ZodType, answer: z.ZodType): { post: Operation } {
  return { post: { summary, tag, needs, body, answer } };
}
