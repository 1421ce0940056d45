import type { SecurityEvent, SecurityEventName, SecurityMethod, SecurityOutcome } from '@licet/contract';

type Told = Pick<SecurityEvent, 'event' | 'outcome' | 'actor' | 'target' | 'method' | 'detail' | 'route'>;

/** What each event is called where one is chosen. */
export const EVENT_LABELS: Record<SecurityEventName, string> = {
  'sign-in': 'Sign-in',
  'sign-out': 'Sign-out',
  'session-ended': 'Session ended',
  proof: 'Proof of who it is',
  access: 'Request without permission',
  'api-key': 'API key refused',
  'cross-site': 'Request from another site',
  'rate-limit': 'Too many requests',
  'passkey-copied': 'Passkey that may be a copy',
  link: 'One-time link used',
  'link-made': 'One-time link made',
  'set-up': 'Set-up',
  'password-changed': 'Password changed',
  'second-factor-added': 'Authenticator app added',
  'second-factor-removed': 'Authenticator app removed',
  'passkey-added': 'Passkey added',
  'passkey-removed': 'Passkey removed',
  'identity-linked': 'Identity linked',
  'identity-unlinked': 'Identity unlinked',
  'operator-added': 'Operator added',
  'operator-removed': 'Operator removed',
  'operator-enabled': 'Operator enabled',
  'operator-disabled': 'Operator disabled',
  'api-key-added': 'API key made',
  'api-key-revoked': 'API key revoked',
};

/** What each outcome is called. */
export const OUTCOME_LABELS: Record<SecurityOutcome, string> = { done: 'Done', partial: 'Partial', refused: 'Refused' };

const METHODS: Record<SecurityMethod, string> = {
  password: 'password',
  code: 'code of the app',
  'recovery-code': 'recovery code',
  passkey: 'passkey',
  provider: 'identity provider',
  link: 'one-time link',
};

const DETAILS: Record<string, string> = {
  'wrong-password': 'wrong password',
  'wrong-code': 'it was right, but the code was wrong',
  'not-accepted': 'it was not accepted',
  'may-not-enter': 'it was right, but the account is disabled, or has no console role',
  'second-factor-needed': 'it was right, and a second factor was asked for',
  throttled: 'too many tries',
  forbidden: 'not permitted',
  'no-credentials': 'nobody was signed in, and no key came along',
  'session-ended': 'the session has ended, or never was one',
  'step-up-needed': 'the last proof of who it is was too old',
  unknown: 'no such identity, or no account for it',
  taken: 'the identity belongs to another operator',
  expired: 'it took too long, or came back twice',
  denied: 'the provider was told no',
  lacking: 'the provider did not say what is demanded of a sign-in',
  refused: 'the answer of the provider was not right',
  unavailable: 'the provider did not answer',
};

/** Who it was, at the beginning of a sentence. */
export const whoOf = ({ actor }: Pick<SecurityEvent, 'actor'>) => (actor === 'licet' ? 'Licet itself' : (actor ?? 'Somebody'));

/** @returns for instance `password and code of the app` */
export const methodWords = (method: readonly SecurityMethod[]) => method.map((each) => METHODS[each]).join(' and ');

/** @returns why it was refused, in words; a permission as itself; empty where there is nothing to say */
export function detailWords({ event, actor, detail }: Pick<Told, 'event' | 'actor' | 'detail'>): string {
  if (!detail) return '';
  if (detail.startsWith('licet.')) return `no permission ${detail}`;
  if (event === 'api-key') return `the key is ${detail}`;
  if (event === 'link' && detail === 'forbidden') return 'it is not valid, or not any more';
  if (actor === null && detail === 'wrong-password') return 'wrong name or password';
  return DETAILS[detail] ?? detail;
}

// What these say already.
const SAYS_HOW: readonly SecurityEventName[] = ['link', 'set-up'];

/** Whether the target is an API key; of the others it is an operator, or a passkey. */
export const isAboutKey = ({ event, target }: Pick<Told, 'event' | 'target'>) =>
  target !== null && (event === 'access' || event.startsWith('api-key'));

/**
 * What happened, in one clause after the name of who did it: `could not sign in: wrong password`.
 * @param name of what it is about, where that has one besides its id
 */
export function describe(told: Told, name = told.target): string {
  const { event, outcome, method, detail, route } = told;
  const [done, tried, begun] = CLAUSES[event](name, route ?? 'a request');
  const how = method.length > 0 && !SAYS_HOW.includes(event) ? ` with ${methodWords(method)}` : '';
  if (outcome === 'done') return `${done}${how}`;
  if (outcome === 'partial') return `${begun ?? done}${how}, and was asked for ${MORE[detail ?? ''] ?? 'a second factor'}`;
  const why = detailWords(told);
  return `${tried ?? done}${how}${why && `: ${why}`}`;
}

const MORE: Readonly<Record<string, string>> = { 'step-up-needed': 'a recent proof first' };

const accountOf = (target: string | null) => target ?? 'their own account';

const CLAUSES: Record<SecurityEventName, (target: string | null, route: string) => [done: string, refused?: string, partial?: string]> = {
  'sign-in': () => ['signed in', 'could not sign in', 'began to sign in'],
  'sign-out': () => ['signed out'],
  'session-ended': (target) => [`ended a session of ${accountOf(target)}`],
  proof: () => ['proved who they are', 'could not prove who they are', 'began to prove who they are'],
  access: (target, route) => [
    `was let in to ${route}`,
    `was refused ${route}${target ? ` with the API key ${target}` : ''}`,
    `asked for ${route}`,
  ],
  'api-key': (target) => [`used the API key ${target}`, target ? `tried the API key ${target}` : 'tried an API key'],
  'cross-site': () => ['came from another site', 'was made to send a request by a page of another site'],
  'rate-limit': () => ['sent requests', 'sent more requests than are answered in a minute'],
  'passkey-copied': () => ['showed a passkey', 'showed a passkey that may be a copy'],
  link: () => ['used a one-time link', 'could not use a one-time link', 'began to use a one-time link'],
  'link-made': (target) => [`made a one-time link for ${accountOf(target)}`],
  'set-up': () => ['became the first operator, by the set-up link', 'could not become the first operator'],
  'password-changed': (target) => [target ? `changed the password of ${target}` : 'changed their own password'],
  'second-factor-added': (target) => [`added an authenticator app to ${accountOf(target)}`],
  'second-factor-removed': (target) => [`took the authenticator app away from ${accountOf(target)}`],
  'passkey-added': (target) => [`added a passkey to ${accountOf(target)}`],
  'passkey-removed': (target) => [`took a passkey away from ${accountOf(target)}`],
  'identity-linked': (target) => [`linked an identity with ${accountOf(target)}`],
  'identity-unlinked': (target) => [`unlinked the identity of ${accountOf(target)}`],
  'operator-added': (target) => [`made ${accountOf(target)} an operator`],
  'operator-removed': (target) => [`removed the operator ${accountOf(target)}`],
  'operator-enabled': (target) => [`enabled the operator ${accountOf(target)}`],
  'operator-disabled': (target) => [`disabled the operator ${accountOf(target)}`],
  'api-key-added': (target) => [`made the API key ${target}`],
  'api-key-revoked': (target) => [`revoked the API key ${target}`],
};
