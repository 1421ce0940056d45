import { ApiError } from '../providers/client.ts';
import { sentence } from '../providers/failure.ts';
import type { Question } from './question.ts';

type Field = keyof Question;

// Where in the form a member of the request is. A longer path stands before the one that it begins with.
const FIELDS: [path: string, field: Field][] = [
  ['subject.properties', 'subjectProperties'],
  ['subject', 'subject'],
  ['action.properties', 'actionProperties'],
  ['action', 'action'],
  ['resource.type', 'type'],
  ['resource.id', 'id'],
  ['resource.properties.tenant', 'tenant'],
  ['resource.properties', 'properties'],
  ['context', 'context'],
  ['revision', 'revision'],
  ['at', 'at'],
];

const within = (path: string, of: string) => path === of || path.startsWith(`${of}.`) || path.startsWith(`${of}[`);
const fieldOf = (path: string) => FIELDS.find(([member]) => within(path, member))?.[1];

/** What the API found wrong with the question, at the fields that it is about. */
export function faultsOf(error: unknown): Partial<Record<Field, string>> {
  if (!(error instanceof ApiError) || !error.problem) return {};
  const { code, detail, errors = [] } = error.problem;
  if (code === 'revision_ahead' || code === 'revision_gone') return { revision: sentence(detail.replace(/^revision: /, '')) };
  const faults: Partial<Record<Field, string>> = {};
  for (const { path, message } of errors) {
    const field = fieldOf(path);
    if (field) faults[field] ??= sentence(message);
  }
  return faults;
}
