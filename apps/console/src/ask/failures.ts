import type { AllowFailure, DecisionPath, Expr, ReservedPermission } from '@licet/contract';
import { conditionWords } from '../conditions/words.ts';
import { conditionFailureWords } from '../decisions/words.ts';
import { createPath, editPath, grantPath } from '../kit/paths.ts';

type Code = AllowFailure['code'];
type Failure<C extends Code> = Extract<AllowFailure, { code: C }>;

/** What a failure is told about: who asked, where, and on what, and what else is known. */
export interface Told {
  subject: string;
  tenant: string;
  /** `type:id`; null where no particular one is asked about. */
  resource: string | null;
  /** The path of the allow that fails. */
  path: DecisionPath;
  /** The paths that are known to deny. */
  denies: readonly DecisionPath[];
  /** What a condition says; undefined where that is not known. */
  treeOf: (condition: string) => Expr | undefined;
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' });
const when = (at: string) => WHEN.format(new Date(at));
const listed = new Intl.ListFormat('en', { type: 'conjunction' });

// A code without words does not compile.
const WORDS: { [C in Code]: (failure: Failure<C>, told: Told) => string } = {
  disabled_subject: (_, { subject }) => `${subject} is disabled.`,
  other_tenant: ({ tenant }, told) => `Assigned only in tenant ${tenant}, not in ${told.tenant}.`,
  other_resource: ({ resource }, told) => `Assigned only for ${resource}${told.resource ? `, not for ${told.resource}` : ''}.`,
  not_yet_in_force: ({ startsAt }) => (startsAt ? `Begins ${when(startsAt)}.` : 'When the assignment begins cannot be read.'),
  no_longer_in_force: ({ expiresAt }) => (expiresAt ? `Ended ${when(expiresAt)}.` : 'When the assignment ends cannot be read.'),
  condition_false: (failure, told) => `Condition ${failure.condition} is false${operands(failure, told)}.`,
  condition_erred: (failure) => `Condition ${failure.condition} could not be evaluated: ${conditionFailureWords(failure)}.`,
  overridden_by_deny: ({ grant }, { denies }) => {
    const deny = denies.find((path) => path.grant === grant);
    if (!deny) return 'A deny applies as well, and wins.';
    return `The role ${deny.roles.at(-1)} denies ${deny.permission}${deny.condition ? ` if ${deny.condition}` : ''}, and a deny wins.`;
  },
};

/** Which parts of a condition are false: in words where they are known, else by their numbers. */
function operands({ condition, operands: places }: Failure<'condition_false'>, { treeOf }: Told): string {
  const tree = treeOf(condition);
  if (!places.length) return tree && tree.op !== 'and' ? `: it is not so that ${conditionWords(tree)}` : '';
  if (!tree) return `: ${places.length === 1 ? 'its part' : 'its parts'} ${listed.format(places.map((place) => String(place + 1)))}`;
  const parts = tree.op === 'and' ? places.flatMap((place) => tree.args[place] ?? []) : [];
  return parts.length ? `: it is not so that ${parts.map((part) => conditionWords(part, true)).join(', nor that ')}` : '';
}

/** What is missing, as a sentence. */
export function failureWords(failure: AllowFailure, told: Told): string {
  return (WORDS[failure.code] as (failure: AllowFailure, told: Told) => string)(failure, told);
}

/** Where what is missing can be changed, what the link says, and who may do that. */
export interface Remedy {
  to: string;
  label: string;
  permission: ReservedPermission;
}

const holderOf = ({ subject, path }: Told) => (path.group === null ? { user: subject } : { group: path.group });
const assigned = (told: Told) => told.path.roles[0] ?? '';
const editAssignment =
  (label: string) =>
  (_: unknown, { path }: Told) => ({
    to: editPath('assignments', path.assignment),
    label,
    permission: 'licet.assignment:update' as const,
  });
const assignAlso = (told: Told, label: string, where: Record<string, unknown>): Remedy => ({
  to: createPath('assignments', { ...holderOf(told), role: assigned(told), ...where }),
  label,
  permission: 'licet.assignment:create',
});
const openCondition = ({ condition }: { condition: string }): Remedy => ({
  to: editPath('conditions', condition),
  label: `Edit ${condition}`,
  permission: 'licet.condition:update',
});

// An assignment's tenant and resource are not edited: another assignment is made beside it.
const REMEDIES: { [C in Code]: (failure: Failure<C>, told: Told) => Remedy | null } = {
  disabled_subject: (_, { subject }) => ({ to: editPath('users', subject), label: `Edit ${subject}`, permission: 'licet.user:update' }),
  other_tenant: (_, told) => assignAlso(told, `Assign it in ${told.tenant} too`, { tenant: told.tenant }),
  other_resource: (_, told) =>
    told.resource
      ? assignAlso(told, `Assign it for ${told.resource} too`, { tenant: told.tenant, resource: told.resource })
      : assignAlso(told, 'Assign it without a resource', { tenant: told.tenant }),
  not_yet_in_force: editAssignment('Edit the beginning'),
  no_longer_in_force: editAssignment('Edit the end'),
  condition_false: openCondition,
  condition_erred: openCondition,
  overridden_by_deny: ({ grant }, { denies }) => {
    const deny = denies.find((path) => path.grant === grant);
    return deny ? { to: grantPath(deny), label: 'Open the deny in the matrix', permission: 'licet.grant:update' } : null;
  },
};

/** What to do about it: a link to the row that decides it. Null where none is known. */
export function remedyFor(failure: AllowFailure, told: Told): Remedy | null {
  return (REMEDIES[failure.code] as (failure: AllowFailure, told: Told) => Remedy | null)(failure, told);
}
