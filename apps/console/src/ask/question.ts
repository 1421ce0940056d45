import type { Attributes, EvaluationRequest, ExplainRequest } from '@licet/contract';
import { parseUserKey, splitKey, userKey } from '../kit/keys.ts';

/** A question as it is edited, and as it stands in the URL: what is empty is left out there. */
export interface Question {
  /** A user's key: `alice`, or `service:billing`. */
  subject: string;
  action: string;
  type: string;
  id: string;
  tenant: string;
  subjectProperties: Attributes;
  actionProperties: Attributes;
  properties: Attributes;
  context: Attributes;
  /** As it was typed: the API says what is wrong with it. */
  revision: string;
  at: string | null;
}

export const NO_QUESTION: Question = {
  subject: '',
  action: '',
  type: '',
  id: '',
  tenant: '',
  subjectProperties: {},
  actionProperties: {},
  properties: {},
  context: {},
  revision: '',
  at: null,
};

// The resource id of a question about no particular resource, as the SDKs send it.
export const ANY_ID = '*';

const TEXTS = ['subject', 'action', 'type', 'id', 'tenant', 'revision'] as const;
const ATTRIBUTES = ['subjectProperties', 'actionProperties', 'properties', 'context'] as const;

/** @returns the question as the query string of its page */
export function toSearch(question: Question): string {
  const params = new URLSearchParams();
  for (const name of TEXTS) if (question[name]) params.set(name, question[name]);
  for (const name of ATTRIBUTES) if (Object.keys(question[name]).length) params.set(name, JSON.stringify(question[name]));
  if (question.at) params.set('at', question.at);
  return params.toString();
}

export interface Read {
  question: Question;
  /** Who, what and on what are there, so that it can be asked. */
  complete: boolean;
  /** The parameters that cannot be read. Without them it would be another question: it must not be asked. */
  damaged: string[];
}

/** Reads a question from the query string of its page. */
export function fromSearch(search: string): Read {
  const params = new URLSearchParams(search);
  const question: Question = { ...NO_QUESTION, at: params.get('at') };
  for (const name of TEXTS) question[name] = params.get(name) ?? '';
  const damaged: string[] = [];
  for (const name of ATTRIBUTES) {
    const attributes = attributesIn(params.get(name));
    if (attributes) question[name] = attributes;
    else damaged.push(name);
  }
  return { question, complete: Boolean(question.subject && question.action && question.type), damaged };
}

function attributesIn(text: string | null): Attributes | null {
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Attributes) : null;
  } catch {
    return null;
  }
}

/** Where a question is asked. */
export const askPath = (question: Question) => `/ask?${toSearch(question)}`;

/** What is typed as a permission into the field of the action, `task:delete`, is a resource type and an action. */
export function splitPermission(question: Question): Question {
  const { type, rest } = splitKey(question.action);
  if (!question.action.includes(':') || !rest || (question.type && question.type !== type)) return question;
  return { ...question, type, action: rest };
}

/** A form's values as a question: without spaces at the ends, and with `at` where a time is given. */
export function tidied(values: Question): Question {
  const question: Question = { ...values, at: values.at || null };
  for (const name of TEXTS) question[name] = values[name].trim();
  return splitPermission(question);
}

const given = <K extends string>(name: K, attributes: Attributes) =>
  (Object.keys(attributes).length ? { [name]: attributes } : {}) as Partial<Record<K, Attributes>>;

/** What is sent to the API. */
export function toRequest(question: Question): ExplainRequest {
  const properties = question.tenant ? { ...question.properties, tenant: question.tenant } : question.properties;
  return {
    subject: { ...parseUserKey(question.subject), ...given('properties', question.subjectProperties) },
    action: { name: question.action, ...given('properties', question.actionProperties) },
    resource: { type: question.type, id: question.id || ANY_ID, ...given('properties', properties) },
    ...given('context', question.context),
    ...(question.at ? { at: question.at } : {}),
    ...(question.revision ? { revision: revisionOf(question.revision) } : {}),
  };
}

// What is no number is sent as it is: the API refuses it, and says so.
const revisionOf = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : (text as unknown as number));

/**
 * The question that an application asked.
 * @returns null where the subject has no key: asking again by the key would be about somebody else
 */
export function questionOf({ subject, action, resource, context }: EvaluationRequest): Question | null {
  const key = userKey(subject.type, subject.id);
  const read = parseUserKey(key);
  if (read.type !== subject.type || read.id !== subject.id) return null;
  const { tenant, ...properties } = resource.properties ?? {};
  const named = typeof tenant === 'string' && tenant !== '' && tenant.trim() === tenant;
  return {
    ...NO_QUESTION,
    subject: key,
    action: action.name,
    type: resource.type,
    id: resource.id === ANY_ID ? '' : resource.id,
    tenant: named ? tenant : '',
    subjectProperties: subject.properties ?? {},
    actionProperties: action.properties ?? {},
    properties: named ? properties : (resource.properties ?? {}),
    context: context ?? {},
  };
}
