import type { DecisionError, LoggedDecision } from '@licet/contract';
import { userKey } from '../kit/keys.ts';

type Told = Pick<LoggedDecision, 'request' | 'tenant' | 'decision' | 'reason' | 'path' | 'errors'>;

export const subjectOf = ({ request: { subject } }: Pick<LoggedDecision, 'request'>) => userKey(subject.type, subject.id);
export const permissionOf = ({ request: { action, resource } }: Pick<LoggedDecision, 'request'>) => `${resource.type}:${action.name}`;
export const resourceOf = ({ request: { resource } }: Pick<LoggedDecision, 'request'>) => `${resource.type}:${resource.id}`;

const REASONS: Record<LoggedDecision['reason'], (told: Told) => string> = {
  allowed_by_grant: (told) => `${holder(told)} grants ${told.path?.permission ?? permissionOf(told)}${condition(told, ' if ', '')}.`,
  denied_by_grant: (told) => `${holder(told)} denies ${told.path?.permission ?? permissionOf(told)}${denial(told)}.`,
  no_matching_grant: (told) =>
    `No role that ${subjectOf(told)} holds in tenant ${told.tenant} grants ${permissionOf(told)} on ${resourceOf(told)}.`,
  unknown_subject: (told) => `Licet knows no user ${subjectOf(told)}, and nothing that fits is granted to the group anyone.`,
  disabled_subject: (told) => `The user ${subjectOf(told)} is disabled.`,
  unknown_resource_type: ({ request }) => `There is no resource type ${request.resource.type}. Check the spelling in the application.`,
  unknown_action: ({ request }) =>
    `The resource type ${request.resource.type} has no action ${request.action.name}. Check the spelling in the application.`,
  unknown_tenant: ({ tenant }) => `There is no tenant ${tenant}.`,
  other_tenant: (told) => `The question came to the address of one tenant, and ${resourceOf(told)} is registered in another, ${told.tenant}.`,
  invalid_request: () => 'The request did not have the right shape.',
  not_ready: () => 'The decision point held no policy yet.',
  stale: () => 'The decision point’s copy of the policy was too old to answer.',
  unreachable: () => 'The decision point gave no valid answer.',
};

/** Why a decision is what it is, as a sentence. */
export const reasonWords = (told: Told) => REASONS[told.reason](told);

/** Short words for a list. */
export const REASON_LABELS: Record<LoggedDecision['reason'], string> = {
  allowed_by_grant: 'allowed by a grant',
  denied_by_grant: 'denied by a grant',
  no_matching_grant: 'no grant matched',
  unknown_subject: 'unknown user',
  disabled_subject: 'user disabled',
  unknown_resource_type: 'unknown resource type',
  unknown_action: 'unknown action',
  unknown_tenant: 'unknown tenant',
  other_tenant: 'other tenant',
  invalid_request: 'invalid request',
  not_ready: 'not ready',
  stale: 'stale copy',
  unreachable: 'unreachable',
};

const ERRORS: Record<DecisionError['error'], (at: string) => string> = {
  missing_attribute: (at) => `${at} was missing`,
  type_mismatch: (at) => `${at} met a type that it is not defined for`,
  not_boolean: (at) => `${at} is not a yes or no`,
  invalid_timestamp: (at) => `${at} met a text that is no timestamp`,
  too_long: (at) => `${at} met a list that is too long`,
};

/** Why a condition could not be evaluated, without a full stop. */
export const conditionFailureWords = ({ error, at }: Pick<DecisionError, 'error' | 'at'>) => ERRORS[error](at);

/** What went wrong in a condition, and what followed from it. */
export function errorWords({ condition: name, error, at, grant }: DecisionError, path: LoggedDecision['path']): string {
  const denies = path?.grant === grant && path.effect === 'deny';
  return `The condition ${name} could not be evaluated: ${conditionFailureWords({ error, at })}. ${denies ? 'A deny that errs applies.' : 'A grant that errs does not apply.'}`;
}

function holder({ path }: Told): string {
  if (!path) return 'A role';
  const [assigned = '', ...rest] = path.roles;
  const last = rest.at(-1);
  return last ? `The role ${assigned}, through ${last},` : `The role ${assigned}`;
}

function condition({ path }: Told, before: string, after: string): string {
  return path?.condition ? `${before}${path.condition}${after}` : '';
}

function denial(told: Told): string {
  const erred = told.errors.some(({ grant }) => grant === told.path?.grant);
  return erred ? condition(told, ', for its condition ', ' could not be evaluated') : condition(told, ' if ', '');
}
