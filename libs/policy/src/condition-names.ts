import { type AttributeType, CONDITION_ROOTS } from '@licet/contract';

/** What is known of a value before any request: `any` where only the request can tell. */
export type Kind = 'boolean' | 'number' | 'string' | 'timestamp' | 'null' | 'list' | 'map' | 'any';

/** Declared attributes by resource type and name, as resource types hold them. */
export type DeclaredAttributes = Readonly<Record<string, Readonly<Record<string, AttributeType>>>>;

/** A path's kind, and that of its items where it is a list; or what is wrong with the path, and at which of its members. */
export type PathKind = { kind: Kind; item?: Kind } | { wrong: string; member: number };

/** What the request itself has, whatever the application sends. */
const MEMBERS: Record<string, Record<string, Kind>> = {
  subject: { type: 'string', id: 'string', properties: 'map' },
  action: { name: 'string', properties: 'map' },
  resource: { type: 'string', id: 'string', properties: 'map' },
};

const MEANT: Record<string, string> = {
  user: 'subject',
  principal: 'subject',
  actor: 'subject',
  object: 'resource',
  request: 'context',
  env: 'context',
  environment: 'context',
  time: 'now',
};

// An attribute of type timestamp is an RFC 3339 text in JSON; only `timestamp(...)` makes it one that can be compared with `now`.
const DECLARED: Record<AttributeType, Kind> = {
  string: 'string',
  number: 'number',
  bool: 'boolean',
  timestamp: 'string',
  list: 'list',
  map: 'map',
  any: 'any',
};

export const KIND_NAMES: Record<Kind, string> = {
  boolean: 'a boolean',
  number: 'a number',
  string: 'a string',
  timestamp: 'a timestamp',
  null: '`null`',
  list: 'a list',
  map: 'a map',
  any: 'a value',
};

/**
 * Looks at a path that begins with one of the five names of a condition.
 * @param path for instance `['resource', 'properties', 'ownerId']`
 * @param attributes the declared attributes, if they are to be taken into account
 */
export function kindOfPath(path: readonly string[], attributes: DeclaredAttributes): PathKind {
  const [root, name, attribute] = path as [string, string | undefined, string | undefined];
  if (!(CONDITION_ROOTS as readonly string[]).includes(root)) {
    const meant = Object.hasOwn(MEANT, root) ? ` (\`${MEANT[root]!}\` here?)` : '';
    return {
      wrong: `\`${root}\` is not a name that a condition knows${meant}: it begins with ${CONDITION_ROOTS.map((known) => `\`${known}\``).join(', ')}`,
      member: 0,
    };
  }
  if (root === 'now') return name === undefined ? { kind: 'timestamp' } : { wrong: '`now` is a timestamp and has no members', member: 1 };
  if (root === 'context') return { kind: name === undefined ? 'map' : 'any' };
  const members = MEMBERS[root]!;
  const names = Object.keys(members).map((known) => `\`${known}\``);
  if (name === undefined) return { wrong: `\`${root}\` alone is no value to compare: name a member of it: ${names.join(', ')}`, member: 0 };
  if (!Object.hasOwn(members, name)) {
    return { wrong: `\`${root}\` has the members ${names.join(', ')}; write \`${root}.properties.${name}\` for an attribute`, member: 1 };
  }
  if (attribute === undefined) return { kind: members[name]! };
  if (name !== 'properties') return { wrong: `\`${root}.${name}\` is a string and has no members`, member: 2 };
  return root === 'resource' ? kindOfAttribute(path, attributes) : { kind: 'any' };
}

function kindOfAttribute(path: readonly string[], attributes: DeclaredAttributes): PathKind {
  const name = path[2]!;
  const declared = new Set(Object.values(attributes).flatMap((type) => (Object.hasOwn(type, name) ? [type[name]!] : [])));
  const [type] = declared;
  if (declared.size !== 1 || type === undefined) return { kind: 'any' };
  const kind = DECLARED[type];
  if (path.length === 3) return kind === 'list' ? { kind, item: 'string' } : { kind };
  if (kind === 'map' || kind === 'any') return { kind: 'any' };
  return { wrong: `\`${path.slice(0, 3).join('.')}\` is declared as ${KIND_NAMES[kind]} and has no members`, member: 3 };
}
