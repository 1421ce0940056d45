import type { Method, Operation } from './decision-routes.ts';
import {
  PasskeyCreate,
  PasskeyCreated,
  PasskeyOptions,
  Passkey,
  Passkeys,
  PasskeySignIn,
  PasskeyUpdate,
  StepUpRequest,
} from './passkeys.ts';
import {
  IdentityAnswer,
  IdentityProof,
  LinkRequest,
  OpenSessions,
  OperatorLink,
  PasswordRequest,
  ProviderAddress,
  ProviderCode,
  ProviderProof,
  ProviderStart,
  RecoveryCodes,
  SecondFactorRemoval,
  SecondFactorRequest,
  SecondFactorStart,
  ServiceStatus,
  Session,
  SetupRequest,
  SignInRequest,
} from './session.ts';

/** What a route asks where it takes no permission, only that somebody is there. */
export const SIGNED_IN = 'a session or an API key';

const tag = 'operators';

/** Set-up, sign-in, and what operators look after: their accounts and sessions. */
export const OPERATOR_ROUTES: Record<string, Partial<Record<Method, Operation>>> = {
  '/api/v1/status': { get: { summary: 'What a console needs before anyone is signed in.', tag, answer: ServiceStatus } },
  '/api/v1/setup': { post: { summary: 'Make the first operator.', tag, body: SetupRequest, answer: Session, status: 201 } },
  '/api/v1/session': {
    get: { summary: 'Who is signed in.', tag, needs: SIGNED_IN, answer: Session },
    post: { summary: 'Sign in.', tag, body: SignInRequest, answer: Session },
    delete: { summary: 'Sign out.', tag, status: 204 },
  },
  '/api/v1/session/password': {
    post: { summary: 'Change the own password.', tag, needs: SIGNED_IN, body: PasswordRequest, answer: Session, stepUp: true },
  },
  '/api/v1/session/link': { post: { summary: 'Choose the password by a one-time link.', tag, body: LinkRequest, answer: Session } },
  '/api/v1/session/second-factor/start': {
    post: { summary: 'Make a secret for an authenticator app.', tag, needs: SIGNED_IN, answer: SecondFactorStart, stepUp: true },
  },
  '/api/v1/session/second-factor': {
    post: {
      summary: 'Set up the own second factor.',
      tag,
      needs: SIGNED_IN,
      body: SecondFactorRequest,
      answer: RecoveryCodes,
      stepUp: true,
    },
  },
  '/api/v1/session/second-factor/remove': {
    post: { summary: 'Take the own second factor away.', tag, needs: SIGNED_IN, body: SecondFactorRemoval, status: 204 },
  },
  '/api/v1/session/passkey/start': {
    post: { summary: 'Make a challenge that a passkey signs.', tag, answer: PasskeyOptions },
  },
  '/api/v1/session/passkey': { post: { summary: 'Sign in with a passkey.', tag, body: PasskeySignIn, answer: Session } },
  '/api/v1/session/passkeys/start': {
    post: { summary: 'Make a challenge for a new passkey.', tag, needs: SIGNED_IN, answer: PasskeyOptions, stepUp: true },
  },
  '/api/v1/session/passkeys': {
    get: { summary: 'The own passkeys.', tag, needs: SIGNED_IN, answer: Passkeys },
    post: {
      summary: 'Keep a new passkey.',
      tag,
      needs: SIGNED_IN,
      body: PasskeyCreate,
      answer: PasskeyCreated,
      status: 201,
      stepUp: true,
    },
  },
  '/api/v1/session/passkeys/{id}': {
    patch: { summary: 'Name an own passkey.', tag, needs: SIGNED_IN, body: PasskeyUpdate, answer: Passkey, unversioned: true },
    delete: { summary: 'Remove an own passkey.', tag, needs: SIGNED_IN, status: 204, unversioned: true, stepUp: true },
  },
  '/api/v1/session/step-up': {
    post: { summary: 'Show anew who is there, before a privileged act.', tag, needs: SIGNED_IN, body: StepUpRequest, answer: Session },
  },
  '/api/v1/session/step-up/oidc': {
    post: { summary: 'Begin the same at the identity provider.', tag, needs: SIGNED_IN, body: ProviderProof, answer: ProviderAddress },
  },
  '/api/v1/session/oidc': {
    post: { summary: 'Begin a sign-in with the identity provider.', tag, body: ProviderStart, answer: ProviderAddress },
  },
  '/api/v1/session/oidc/callback': {
    get: {
      summary: 'Come back from the identity provider, and be sent on to a page of the console.',
      tag,
      status: 302,
      parameters: ['code', 'state', 'iss', 'error'].map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
    },
  },
  '/api/v1/session/oidc/code': {
    post: { summary: 'Show the second factor after it.', tag, body: ProviderCode, answer: Session },
  },
  '/api/v1/session/identity': {
    get: { summary: 'The own identity at the provider.', tag, needs: SIGNED_IN, answer: IdentityAnswer },
    post: { summary: 'Begin to link it.', tag, needs: SIGNED_IN, body: IdentityProof, answer: ProviderAddress },
  },
  '/api/v1/session/identity/remove': {
    post: { summary: 'Unlink it.', tag, needs: SIGNED_IN, body: IdentityProof, answer: Session },
  },
  '/api/v1/sessions': {
    get: {
      summary: 'The live sessions of the caller, or of other operators.',
      tag,
      needs: SIGNED_IN,
      answer: OpenSessions,
      parameters: [
        {
          name: 'user',
          in: 'query',
          schema: { type: 'string' },
          description: 'The user key of another operator, or `*`; needs licet.operator:read.',
        },
      ],
    },
  },
  '/api/v1/sessions/{id}': { delete: { summary: 'End a session.', tag, needs: SIGNED_IN, status: 204, unversioned: true } },
  '/api/v1/operators/{id}/link': {
    post: {
      summary: 'Make a one-time link by which an operator chooses a new password.',
      tag,
      needs: 'licet.operator:update',
      answer: OperatorLink,
      status: 201,
      unversioned: true,
      stepUp: true,
    },
  },
};
