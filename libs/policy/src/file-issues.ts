import { type errorItems, faultPath } from '@licet/contract';

/** An issue of the file's schema. */
export type Issue = Parameters<typeof errorItems>[0]['issues'][number];

/** What is wrong, for people, and the path to it. */
export interface FileIssue {
  path: PropertyKey[];
  message: string;
}

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  null: 'nothing',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

/**
 * Turns an issue of the schema into those that a person can act on: of a value that may have several forms, only the faults of the
 * form that it has.
 * @param value the whole file, as read
 */
export function readableIssues(issue: Issue, value: unknown): FileIssue[] {
  const { path } = issue;
  switch (issue.code) {
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, message: `\`${String(path.at(-1))}\` cannot be a key: ${message}` }));
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: 'a policy file has no such member here' }));
    case 'invalid_type':
      return [{ path, message: expectation([issue.expected], memberOf(value, path)) }];
    case 'invalid_value':
      return [
        {
          path,
          message: `expected ${issue.values.map((known) => `\`${String(known)}\``).join(' or ')}, found ${found(memberOf(value, path))}`,
        },
      ];
    case 'invalid_union': {
      const branches = issue.errors as Issue[][];
      const fitting = branches.filter((branch) => !branch.some(isOfOtherType));
      if (fitting.length === 1) return fitting[0]!.flatMap((inner) => readableIssues({ ...inner, path: [...path, ...inner.path] }, value));
      const types = branches.flatMap((branch) =>
        branch.flatMap((inner) => (isOfOtherType(inner) && inner.code === 'invalid_type' ? [inner.expected] : [])),
      );
      return [{ path, message: expectation(types, memberOf(value, path)) }];
    }
    case 'too_small':
    case 'too_big':
      return [{ path, message: issue.origin === 'string' ? lengthMessage(issue) : issue.message }];
    default:
      return [{ path, message: issue.message }];
  }
}

const lengthMessage = (issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string =>
  issue.code === 'too_small'
    ? 'this is empty; write a text or leave it away'
    : `this is too long; at most ${issue.maximum} characters are taken`;

/** Writes a path as error items do: `roles.member.grants[0]`. */
export function pathText(path: PropertyKey[]): string {
  return faultPath(path, '(file)');
}

const isOfOtherType = ({ code, path }: Issue): boolean => code === 'invalid_type' && path.length === 0;

function memberOf(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((member, name) => (member as Record<PropertyKey, unknown> | null | undefined)?.[name], value);
}

function expectation(types: readonly string[], value: unknown): string {
  const wanted = [...new Set(types.map((type) => TYPES[type] ?? type))].join(' or ');
  return value === undefined ? `this is missing: ${wanted}` : `expected ${wanted}, found ${found(value)}`;
}

function found(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `the text \`${value.length > 40 ? `${value.slice(0, 40)}…` : value}\``;
  if (typeof value === 'number' || typeof value === 'boolean') return `\`${value}\``;
  return Array.isArray(value) ? 'a list' : 'a map';
}
