import type { PlannedOp } from '@licet/contract';
import { paint, plain, type Terminal } from './terminal.ts';

type Row = Record<string, unknown>;

const SIGNS = { create: '+', update: '~', delete: '-' } as const;
const COLORS = { create: 'green', update: 'yellow', delete: 'red' } as const;
const NOUNS: Record<string, string> = {
  ...{ users: 'user', groups: 'group', tenants: 'tenant', 'resource-types': 'resource type', permissions: 'permission', roles: 'role' },
  ...{ conditions: 'condition', resources: 'resource', grants: 'grant', assignments: 'assignment' },
  ...{ 'group-members': 'membership', 'role-inherits': 'inheritance' },
};

/** What nobody edits, or what follows from other members. */
const HIDDEN = new Set([
  'id',
  'version',
  'createdAt',
  'updatedAt',
  'createdBy',
  'tree',
  'builtIn',
  'memberCount',
  'resourceType',
  'action',
  'type',
  'subjectId',
  'resourceId',
]);

/** How rows without a key of their own are called, and the members that say so. */
const TITLES: Record<string, { members: readonly string[]; title(row: Row): string }> = {
  grants: {
    members: ['role', 'permission', 'effect', 'condition'],
    title: (row) =>
      `${text(row['role'])}: ${text(row['effect'])} ${text(row['permission'])}${row['condition'] ? ` when ${text(row['condition'])}` : ''}`,
  },
  assignments: {
    members: ['user', 'group', 'role', 'tenant', 'resource'],
    title: (row) => {
      const who = row['user'] ? text(row['user']) : `group ${text(row['group'])}`;
      const where = row['tenant'] === '*' ? 'every tenant' : `tenant ${text(row['tenant'])}`;
      return `${who} is ${text(row['role'])} in ${where}${row['resource'] ? ` on ${text(row['resource'])}` : ''}`;
    },
  },
  'group-members': { members: ['group', 'user'], title: (row) => `${text(row['user'])} in group ${text(row['group'])}` },
  'role-inherits': { members: ['role', 'inherits'], title: (row) => `${text(row['role'])} inherits ${text(row['inherits'])}` },
};

/** Writes what an apply would change, as a person reads it. */
export function planText(ops: readonly PlannedOp[], terminal: Terminal): string {
  const lines = ops.flatMap((op) => opLines(op).map((line) => paint(terminal, COLORS[op.action], line)));
  const count = (action: PlannedOp['action']) => ops.filter((op) => op.action === action).length;
  const summary = `${count('create')} to create, ${count('update')} to change, ${count('delete')} to delete`;
  return `${[...lines, '', paint(terminal, 'bold', summary)].join('\n')}\n`;
}

function opLines({ action, kind, target, before, after }: PlannedOp): string[] {
  const row = after ?? before ?? {};
  const known = Object.hasOwn(TITLES, kind) ? TITLES[kind] : undefined;
  const noun = Object.hasOwn(NOUNS, kind) ? NOUNS[kind]! : kind;
  const title = `${SIGNS[action]} ${noun} ${known ? known.title(row) : text(target)}`;
  // A changed member is shown even where the title names it: there it has its new value only.
  const shown = Object.keys({ ...before, ...after }).filter(
    (name) => !HIDDEN.has(name) && (action === 'update' || !known?.members.includes(name)),
  );
  const details = shown.flatMap((name) => detail(action, name, before?.[name], after?.[name], target));
  return [title, ...details.map((line) => `    ${line}`)];
}

function detail(action: PlannedOp['action'], name: string, before: unknown, after: unknown, target: string): string[] {
  if (action === 'delete') return [];
  // New actions come in the order of the file; that others move is said, for nothing else may have changed.
  if (name === 'position')
    return action === 'update' && before !== after ? [`place in the list: ${Number(before) + 1} -> ${Number(after) + 1}`] : [];
  if (action === 'update') return value(before) === value(after) ? [] : [`${text(name)}: ${value(before)} -> ${value(after)}`];
  const isDefault =
    after === null ||
    after === undefined ||
    after === '' ||
    (name === 'name' && after === target) ||
    (name === 'enabled' && after === true);
  return isDefault || ['[]', '{}'].includes(value(after)) ? [] : [`${text(name)}: ${value(after)}`];
}

const text = (part: unknown): string => plain(typeof part === 'string' ? part : value(part)).replaceAll('\n', '\\n');

/** A value in one line; members in order, so that equal maps look equal. */
const value = (part: unknown): string => plain(JSON.stringify(part ?? null, sortMembers));

function sortMembers(_: string, part: unknown): unknown {
  if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
}
