import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluationResponse, PolicyFile } from '@licet/contract';
import { parsePolicyFile } from '@licet/policy';
import type { Answer, TestApi } from './api.ts';

/** A policy file that uses everything that one can say. */
export const readPolicyYaml = (): PolicyFile => parsePolicyFile(readFileSync(join(import.meta.dirname, 'policy.yaml'), 'utf8'));

export const apply = (api: TestApi, file: object, more: object = {}): Promise<Answer> =>
  api.call('POST', '/api/v1/policy/apply', { file: { licet: 1, ...file }, ...more });

/** What the decision endpoint says to a whole grid of questions about the policy above, without the ids that each database makes anew. */
export async function decisionsOf(api: TestApi, key: { authorization: string }): Promise<string[]> {
  const users = ['alice', 'bob', 'carl', 'service:robot', 'odd: name / with %', 'unknown'];
  const actions = ['doc:create', 'doc:read', 'doc:update', 'doc:delete', 'report:read', 'report:export', 'empty:read', 'licet.role:update'];
  const resources = [
    { id: 't1' },
    { id: 't:2/ä' },
    { id: 'new', properties: { ownerId: 'bob', archived: false, size: 3 } },
    { id: 'r1', properties: { size: 99 } },
  ];
  const contexts = [{}, { tenant: 'acme' }, { tenant: 'beta' }];
  const questions = users.flatMap((user) =>
    actions.flatMap((action) => resources.flatMap((resource) => contexts.map((context) => questionOf(user, action, resource, context)))),
  );
  const answers: string[] = [];
  for (let start = 0; start < questions.length; start += 1000) {
    const { body } = await api.call('POST', '/access/v1/evaluations', { evaluations: questions.slice(start, start + 1000) }, key);
    answers.push(...(body.evaluations as EvaluationResponse[]).map(withoutIds));
  }
  return answers.map((answer, index) => `${JSON.stringify(questions[index])} ${answer}`);
}

function questionOf(user: string, permission: string, resource: object, context: object): object {
  const [type, name] = permission.split(':');
  const colon = user.indexOf(':');
  const subject = colon > 0 ? { type: user.slice(0, colon), id: user.slice(colon + 1) } : { type: 'user', id: user };
  return { subject, action: { name }, resource: { type, ...resource }, context };
}

function withoutIds({ decision, context: { reason, path, errors } }: EvaluationResponse): string {
  const { assignment: _, grant: __, ...rest } = path ?? { assignment: '', grant: '' };
  return JSON.stringify({ decision, reason, path: path && rest, errors: errors?.map(({ grant: ___, ...error }) => error) });
}
