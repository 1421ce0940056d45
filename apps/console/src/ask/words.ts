import type { Explanation, LoggedDecision } from '@licet/contract';
import { reasonWords } from '../decisions/words.ts';
import { toRequest, type Question } from './question.ts';

export const permissionAsked = ({ type, action }: Question) => `${type}:${action}`;
export const resourceAsked = ({ type, id }: Question) => (id ? `${type}:${id}` : null);

/** The answer in one sentence. */
export function verdictWords(question: Question, { decision, tenant }: Explanation): string {
  const { subject, action, type, id } = question;
  return `${subject} ${decision.decision ? 'may' : 'may not'} ${action} ${type}${id ? ` ${id}` : ''} in tenant ${tenant}.`;
}

// Here it is no application that may have misspelt it.
const NAMES: Partial<Record<LoggedDecision['reason'], (question: Question, tenant: string) => string>> = {
  unknown_resource_type: ({ type }) => `There is no resource type ${type}`,
  unknown_action: ({ type, action }) => `The resource type ${type} has no action ${action}`,
  unknown_tenant: (_, tenant) => `There is no tenant ${tenant}`,
};

/** Why the answer is what it is, in one sentence. */
export function groundWords(question: Question, { decision, tenant }: Explanation): string {
  const name = NAMES[decision.reason];
  if (name) return `${name(question, tenant)}${question.revision ? ` at revision ${decision.revision}` : ''}.`;
  return reasonWords({ ...decision, tenant, request: toRequest(question) });
}

/** What heads the roles that would help. */
export function rolesWords(question: Question, { roles }: Explanation): string {
  const permission = permissionAsked(question);
  if (!roles.length) return `No role gives ${permission}.`;
  return `No role of ${question.subject} gives ${permission}. ${roles.length === 1 ? 'This one' : 'These'} would:`;
}

export const missing = (failures: number) => (failures === 1 ? 'One thing is missing' : `${failures} things are missing`);

/** What a list leaves out; empty where it is whole. */
export const moreWords = (shown: number, total: number) => (total > shown ? `And ${total - shown} more.` : '');
