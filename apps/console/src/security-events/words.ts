import type { SecurityEvent, SecurityEventName, SecurityMethod } from '@licet/contract';

type Told = Pick<SecurityEvent, 'event' | 'outcome' | 'target' | 'method' | 'detail'>;

/** What each event is called where one is chosen. */
export const EVENT_LABELS: Record<SecurityEventName, string> = {
  'sign-in': 'Sign-in',
  'sign-out': 'Sign-out',
  'session-ended': 'Session ended',
  proof: 'Proof of who is there',
  access: 'Request without permission',
  'api-key': 'API key refused',
  'cross-site': 'Request of another site',
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
  'wrong-code': 'wrong code',
  'not-accepted': 'it was not accepted',
  'may-not-enter': 'the account is disabled, or has no console role',
  'second-factor-needed': 'the second factor was still missing',
  throttled: 'too many tries',
  forbidden: 'not permitted',
  'no-credentials': 'nobody was signed in, and no key came along',
  'session-ended': 'the session has ended',
  'step-up-needed': 'the last proof of who is there was too old',
  unknown: 'no such identity, or no account for it',
  taken: 'the identity belongs to another operator',
  expired: 'it took too long, or came back twice',
  denied: 'the provider was told no',
  refused: 'the answer of the provider was not right',
  unavailable: 'the provider did not answer',
};

/** Who it was, at the beginning of a sentence. */
export const whoOf = ({ actor }: Pick<SecurityEvent, 'actor'>) => (actor === 'licet' ? 'Licet itself' : (actor ?? 'Somebody'));

/** @returns for instance `password and code of the app` */
export const methodWords = (method: readonly SecurityMethod[]) => method.map((each) => METHODS[each]).join(' and ');

/** @returns why it was refused, in words; a permission as itself; empty where there is nothing to say */
export function detailWords({ event, detail }: Pick<Told, 'event' | 'detail'>): string {
  if (!detail) return '';
  if (detail.startsWith('licet.')) return `it lacks ${detail}`;
  return event === 'api-key' ? `the key is ${detail}` : (DETAILS[detail] ?? detail);
}

/** What happened, in one clause after the name of who did it: `could not sign in: wrong password`. */
export function describe(told: Told): string {
  const { outcome, method } = told;
  const [done, tried] = CLAUSES[told.event](told.target ?? 'the own account');
  const how = method.length > 0 ? ` with ${methodWords(method)}` : '';
  if (outcome === 'done') return `${done}${how}`;
  const why = detailWords(told);
  return `${tried ?? done}${how}${why && `: ${why}`}`;
}

const CLAUSES: Record<SecurityEventName, (target: string) => [done: string, refused?: string]> = {
  'sign-in': () => ['signed in', 'could not sign in'],
  'sign-out': () => ['signed out'],
  'session-ended': (target) => [`ended a session of ${target}`],
  proof: () => ['showed who is there', 'could not show who is there'],
  access: () => ['was let in', 'was refused'],
  'api-key': (target) => ['showed a key', `showed a key${target === 'the own account' ? '' : ` (${target})`}`],
  'cross-site': () => ['came from another site', 'was made to ask by a page of another site'],
  'rate-limit': () => ['asked', 'asked more than is answered in a minute'],
  'passkey-copied': () => ['showed a passkey', 'showed a passkey that may be a copy'],
  link: () => ['used a one-time link', 'used a one-time link that is not valid'],
  'link-made': (target) => [`made a one-time link for ${target}`],
  'set-up': () => ['made the first operator', 'could not make the first operator'],
  'password-changed': (target) => [`changed the password of ${target}`],
  'second-factor-added': (target) => [`added an authenticator app to ${target}`],
  'second-factor-removed': (target) => [`took the authenticator app away from ${target}`],
  'passkey-added': (target) => [`added a passkey to ${target}`],
  'passkey-removed': (target) => [`took a passkey away from ${target}`],
  'identity-linked': (target) => [`linked an identity with ${target}`],
  'identity-unlinked': (target) => [`unlinked the identity of ${target}`],
  'operator-added': (target) => [`made ${target} an operator`],
  'operator-removed': (target) => [`removed the operator ${target}`],
  'operator-enabled': (target) => [`enabled the operator ${target}`],
  'operator-disabled': (target) => [`disabled the operator ${target}`],
  'api-key-added': (target) => [`made the API key ${target}`],
  'api-key-revoked': (target) => [`revoked the API key ${target}`],
};
