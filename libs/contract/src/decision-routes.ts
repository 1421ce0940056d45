import type { z } from 'zod';
import { EvaluationRequest, EvaluationResponse, EvaluationsRequest, EvaluationsResponse } from './decision.ts';
import { Explanation } from './explain.ts';
import { FilterPlan, FilterRequest } from './plan.ts';
import { ActionSearchRequest, ActionSearchResponse, EntitySearchResponse, ResourceSearchRequest, SubjectSearchRequest } from './search.ts';

export type Method = 'get' | 'post' | 'patch' | 'delete';

/** What a route does, as the OpenAPI document says it. */
export interface Operation {
  summary: string;
  tag: string;
  needs?: string;
  body?: z.ZodType;
  answer?: z.ZodType;
  /** The media types of the answer, where it is no JSON. */
  media?: readonly string[];
  status?: number;
  /** Is about rows: where these belong to tenants, the permission in theirs is enough. */
  ofRows?: true;
  /** Takes no `If-Match`, although it is about one row. */
  unversioned?: true;
  /** Asks of operators that they have shown lately who they are: `step_up_needed` otherwise. */
  stepUp?: true;
  parameters?: Record<string, unknown>[];
}
type Routes = Record<string, Partial<Record<Method, Operation>>>;

const ROUTES: Routes = {
  '/access/v1/evaluation': {
    post: {
      summary: 'Ask one question (AuthZEN 1.0, section 6).',
      tag: 'decisions',
      needs: 'licet.decision:evaluate',
      body: EvaluationRequest,
      answer: EvaluationResponse,
    },
  },
  '/access/v1/evaluations': {
    post: {
      summary: 'Ask many questions (AuthZEN 1.0, section 7).',
      tag: 'decisions',
      needs: 'licet.decision:evaluate',
      body: EvaluationsRequest,
      answer: EvaluationsResponse,
    },
  },
  '/access/v1/search/subject': {
    post: {
      summary: 'Search for the subjects that may do something (AuthZEN 1.0, section 8.4).',
      tag: 'decisions',
      needs: 'licet.decision:evaluate',
      body: SubjectSearchRequest,
      answer: EntitySearchResponse,
    },
  },
  '/access/v1/search/resource': {
    post: {
      summary: 'Search for the resources that a subject may do something with (AuthZEN 1.0, section 8.5).',
      tag: 'decisions',
      needs: 'licet.decision:evaluate',
      body: ResourceSearchRequest,
      answer: EntitySearchResponse,
    },
  },
  '/access/v1/search/action': {
    post: {
      summary: 'Search for what a subject may do with a resource (AuthZEN 1.0, section 8.6).',
      tag: 'decisions',
      needs: 'licet.decision:evaluate',
      body: ActionSearchRequest,
      answer: ActionSearchResponse,
    },
  },
  '/licet/v1/explain': {
    post: {
      summary: 'Explain how a question is answered now: what decides, and what is missing.',
      tag: 'decisions',
      needs: 'licet.policy:replicate',
      body: EvaluationRequest,
      answer: Explanation,
    },
  },
  '/licet/v1/plan': {
    post: {
      summary: 'Ask which rows of a type a subject may do something with, as a condition that a database can filter by.',
      tag: 'decisions',
      needs: 'licet.decision:evaluate',
      body: FilterRequest,
      answer: FilterPlan,
    },
  },
  '/.well-known/authzen-configuration': { get: { summary: 'What this decision point offers (AuthZEN 1.0, section 9).', tag: 'decisions' } },
};

/** The routes of the decision endpoint, and the same once more at an address for each tenant. */
export const DECISION_ROUTES: Routes = { ...ROUTES, ...tenantRoutes() };

function tenantRoutes(): Routes {
  const parameters = [{ name: 'tenant', in: 'path', required: true, schema: { type: 'string' } }];
  return Object.fromEntries(
    Object.entries(ROUTES).map(([path, methods]) => [
      path.startsWith('/.well-known/') ? `${path}/tenants/{tenant}` : `/tenants/{tenant}${path}`,
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => {
          return [method, { ...operation, summary: `${operation.summary.slice(0, -1)}, in one tenant.`, parameters }];
        }),
      ),
    ]),
  );
}
