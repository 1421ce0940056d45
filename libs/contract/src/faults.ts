import type { z } from 'zod';
import type { ErrorItem } from './errors.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;
type Size = Extract<Issue, { code: 'too_small' | 'too_big' }>;

const TYPES: Partial<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  null: '`null`',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};
const FORMATS: Partial<Record<string, string>> = {
  datetime: 'must be a time such as `2026-01-31T12:00:00Z`',
  date: 'must be a day such as `2026-01-31`',
  uuid: 'must be a UUID such as `0198c5f2-7a6b-7c3d-8e4f-5a6b7c8d9e0f`',
  url: 'must be an address such as `https://example.com/`',
  email: 'must be an address such as `ana@example.com`',
};
const UNITS: Partial<Record<string, string>> = { string: 'character', array: 'item', set: 'item', map: 'member', record: 'member' };

/**
 * Says what is wrong and what to do, for every issue of a schema that has no words of its own: `schema.safeParse(input, { error: faultWords })`.
 * @returns the end of a sentence that begins with the member, for instance `must be a string, but is a number`
 */
export function faultWords(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wanted([expectation(issue)], issue.input);
    case 'invalid_value':
      // What stands there is not repeated: it may be a secret.
      return issue.input === undefined ? wanted([expectation(issue)], undefined) : `must be ${expectation(issue)}`;
    case 'too_small':
    case 'too_big':
      return sizeWords(issue as Size);
    case 'invalid_format':
      return formatWords(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return UNKNOWN_MEMBER;
    case 'invalid_key':
      return `cannot be the name of a member: ${firstOf(issue.issues)}`;
    case 'invalid_element':
      return `has an item that is not valid: ${firstOf(issue.issues)}`;
    case 'invalid_union':
      return unionWords(issue);
    default:
      return 'is not valid; the documentation says what may stand here';
  }
}

const UNKNOWN_MEMBER = 'is not a known member; check its spelling or leave it out';

/**
 * Turns the issues of a zod error into items with readable paths. Of a value that may have several forms, the faults of the form that it
 * comes closest to.
 * @param error of a schema that was asked with {@link faultWords}
 * @param prefix the path to what the schema was asked about
 * @returns for instance `[{ path: 'subject.id', message: 'must be a string, but is a number' }]`
 */
export function errorItems(error: { issues: readonly Issue[] }, prefix = ''): ErrorItem[] {
  return error.issues.flatMap((issue) => {
    const path = [prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: faultPath([...path, key]), message: UNKNOWN_MEMBER }));
    const closest = issue.code === 'invalid_union' ? closestForm(issue.errors) : undefined;
    return closest ? errorItems({ issues: closest }, faultPath(path, '')) : [{ path: faultPath(path), message: issue.message }];
  });
}

/**
 * Writes the path to a member as it would be written in code.
 * @param whole what to write for the path of no parts
 * @returns for instance `evaluations[3].subject.id`
 */
export function faultPath(path: readonly PropertyKey[], whole = '(body)'): string {
  let text = '';
  for (const part of path) {
    if (part === '') continue;
    text += typeof part === 'number' ? `[${part}]` : text ? `.${String(part)}` : String(part);
  }
  return text || whole;
}

/** What the value itself should be; its members are another matter. */
function expectation(issue: Pick<Issue, 'code'>): string {
  const { code, expected, values } = issue as { code: string; expected?: string; values?: readonly z.core.util.Primitive[] };
  if (code === 'invalid_type') return TYPES[expected ?? ''] ?? String(expected);
  return (values ?? []).map((value) => `\`${String(value)}\``).join(' or ');
}

function wanted(expected: readonly string[], input: unknown): string {
  const what = [...new Set(expected)].join(' or ');
  if (input === undefined) return `is missing; it must be ${what}`;
  const is = kindOf(input);
  return is === undefined || what.includes(is.split(' ').at(-1)!) ? `must be ${what}` : `must be ${what}, but is ${is}`;
}

function kindOf(input: unknown): string | undefined {
  if (input === null) return '`null`';
  if (typeof input === 'boolean') return `\`${String(input)}\``;
  if (Array.isArray(input)) return 'an array';
  return Number.isNaN(input) ? undefined : TYPES[typeof input];
}

function sizeWords(issue: Size): string {
  const small = issue.code === 'too_small';
  const limit = small ? issue.minimum : issue.maximum;
  const unit = UNITS[issue.origin];
  if (small && limit === 1 && unit !== undefined && !issue.exact)
    return issue.origin === 'string' ? 'must not be empty' : `must have at least one ${unit}`;
  const atLimit = issue.inclusive === false ? (small ? 'more than ' : 'less than ') : small ? 'at least ' : 'at most ';
  const bound = `${issue.exact ? 'exactly ' : atLimit}${limit.toLocaleString('en')}`;
  return unit === undefined ? `must be ${bound}` : `must have ${bound} ${limit === 1 ? unit : `${unit}s`}`;
}

function formatWords(issue: Extract<RawIssue, { code: 'invalid_format' }>): string {
  const known = FORMATS[issue.format];
  if (known !== undefined) return known;
  const { prefix, suffix, includes, pattern } = issue as { prefix?: string; suffix?: string; includes?: string; pattern?: string };
  if (prefix !== undefined) return `must begin with \`${prefix}\``;
  if (suffix !== undefined) return `must end with \`${suffix}\``;
  if (includes !== undefined) return `must have \`${includes}\` in it`;
  return issue.format === 'regex' ? `must have the form \`${pattern}\`` : `must have the form \`${issue.format}\``;
}

const firstOf = (issues: readonly Issue[]) => issues[0]?.message ?? 'it has another form';

function unionWords(issue: Extract<RawIssue, { code: 'invalid_union' }>): string {
  const { options, inclusive } = issue as { options?: readonly unknown[]; inclusive?: boolean };
  if (inclusive === false) return 'fits several forms at once; leave out the members of all but one';
  if (options !== undefined && options.length > 0) return `must be ${options.map((option) => `\`${String(option)}\``).join(' or ')}`;
  const errors = issue.errors ?? [];
  const fitting = errors.filter((faults) => !faults.some(isOfWhole));
  if (fitting.length === 0)
    return wanted(
      errors.flatMap((faults) => faults.filter(isOfWhole).map(expectation)),
      issue.input,
    );
  const forms = fitting.map((faults) =>
    errorItems({ issues: faults })
      .map(({ path, message }) => `\`${path}\` ${message}`)
      .join(', and '),
  );
  return `has none of the forms that it may have; of one ${forms.join('; of another ')}`;
}

/** The faults of the one form that a value is meant to have, as far as that can be told. */
function closestForm(errors: readonly Issue[][]): Issue[] | undefined {
  const fitting = errors.filter((faults) => !faults.some(isOfWhole)).sort((one, other) => one.length - other.length);
  const [first, second] = fitting;
  return first && (second === undefined || first.length < second.length) ? first : undefined;
}

/** Whether the value as a whole is another one, rather than a member of it. */
const isOfWhole = ({ code, path }: Issue) => (code === 'invalid_type' || code === 'invalid_value') && path.length === 0;
