import { z } from 'zod';
import { RESERVED_PERMISSIONS, type ReservedPermission } from './access.ts';
import { isReservedUser, Key, RESERVED_USER, UserKey } from './ids.ts';
import { PasskeyAnswer } from './passkeys.ts';

/** `GET /api/v1/status`, open to all: what a console needs before anyone is signed in. */
export const ServiceStatus = z
  .object({
    product: z.literal('licet'),
    version: z.string(),
    setupRequired: z.boolean(),
    identityProvider: z.object({ label: z.string() }).nullable(), // where operators may sign in with one
  })
  .meta({ id: 'ServiceStatus' });
export type ServiceStatus = z.infer<typeof ServiceStatus>;

const Username = Key.max(64).refine((key) => !isReservedUser(key), RESERVED_USER);
/** A new password: length, and nothing about its composition (NIST SP 800-63B-4, section 3.1.1.2). */
export const NewPassword = z.string().min(12, 'use at least 12 characters').max(256);
/** `POST /api/v1/setup`: makes the first operator. The token comes from the link that the server printed, and works once. */
export const SetupRequest = z
  .object({ token: z.string().min(1), username: Username, password: NewPassword, loadExample: z.boolean().default(false) })
  .meta({ id: 'SetupRequest' });
export type SetupRequest = z.infer<typeof SetupRequest>;

/** A code of an authenticator app, or a recovery code. */
const Code = z.string().trim().min(6).max(64);

/** `POST /api/v1/session`: signs in, with a `code` where the operator has a second factor (else 401 `second_factor_needed`). Both setup and sign-in set the session cookie and answer with a Session. */
export const SignInRequest = z
  .object({ username: z.string().min(1).max(256), password: z.string().min(1).max(256), code: Code.optional() })
  .meta({ id: 'SignInRequest' });
export type SignInRequest = z.infer<typeof SignInRequest>;

/** `GET /api/v1/session`: who is signed in, and what this operator may do in the console, be it in some tenants only. `DELETE` signs out. */
export const Session = z
  .object({
    user: z.object({ id: UserKey, name: z.string().nullable() }),
    permissions: z.array(z.enum(RESERVED_PERMISSIONS as [ReservedPermission, ...ReservedPermission[]])),
    secondFactor: z.boolean(), // whether the operator has set up an authenticator app
    passkeys: z.int(), // how many the operator has
    secondFactorDue: z.boolean(), // whether one has to be set up before anything else, and no permission counts until then
    tenants: z.array(Key).nullable(), // where the permissions are held in some tenants only; null: over all
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

/** `POST /api/v1/session/password`: an operator's own password. Every other session of theirs ends. */
export const PasswordRequest = z
  .object({ currentPassword: z.string().min(1).max(256), newPassword: NewPassword })
  .meta({ id: 'PasswordRequest' });
export type PasswordRequest = z.infer<typeof PasswordRequest>;

/** `POST /api/v1/session/link`: chooses the password by an invitation or a reset link, and signs in. The link works once. */
export const LinkRequest = z
  .object({ token: z.string().min(1).max(100), password: NewPassword, code: Code.optional() })
  .meta({ id: 'LinkRequest' });
export type LinkRequest = z.infer<typeof LinkRequest>;

/** `POST /api/v1/operators/{id}/link`: a new one-time link, the only time that it is shown. Links made before no longer work. */
export const OperatorLink = z.object({ link: z.string(), expiresAt: z.iso.datetime() }).meta({ id: 'OperatorLink' });
export type OperatorLink = z.infer<typeof OperatorLink>;

/** `GET /api/v1/sessions`: the live sessions of the caller; with `?user=` those of another operator, or `*` for all. */
export const OpenSession = z
  .object({
    id: z.string(),
    user: UserKey,
    address: z.string(),
    userAgent: z.string(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    current: z.boolean(), // the one that asks
  })
  .meta({ id: 'OpenSession' });
export type OpenSession = z.infer<typeof OpenSession>;
export const OpenSessions = z.object({ items: z.array(OpenSession), total: z.int() }).meta({ id: 'OpenSessions' });
export type OpenSessions = z.infer<typeof OpenSessions>;

/** `POST /api/v1/session/second-factor/start`: a new secret for an authenticator app (TOTP, RFC 6238), as text and as an `otpauth:` address. */
export const SecondFactorStart = z.object({ secret: z.string(), uri: z.string() }).meta({ id: 'SecondFactorStart' });
export type SecondFactorStart = z.infer<typeof SecondFactorStart>;

/** `POST /api/v1/session/second-factor`: sets it up; the code shows that the app has the secret. */
export const SecondFactorRequest = z
  .object({
    currentPassword: z.string().min(1).max(256),
    secret: z.string().regex(/^[A-Z2-7]{32,64}$/, 'send the secret as it was given'),
    code: Code,
  })
  .meta({ id: 'SecondFactorRequest' });
export type SecondFactorRequest = z.infer<typeof SecondFactorRequest>;

/** The only time that the recovery codes are shown. Each works once in place of a code of the app. */
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

/** `POST /api/v1/session/second-factor/remove`: takes the own second factor away. */
export const SecondFactorRemoval = z
  .object({ currentPassword: z.string().min(1).max(256), code: Code })
  .meta({ id: 'SecondFactorRemoval' });
export type SecondFactorRemoval = z.infer<typeof SecondFactorRemoval>;

/** `POST /api/v1/session/oidc`: begins a sign-in with the identity provider; with the token of an invitation, takes that up. */
export const ProviderStart = z.object({ token: z.string().min(1).max(100).optional() }).meta({ id: 'ProviderStart' });
export type ProviderStart = z.infer<typeof ProviderStart>;

/** Where to send the browser. It comes back to `GET /api/v1/session/oidc/callback`, and from there to a page of the console. */
export const ProviderAddress = z.object({ url: z.url() }).meta({ id: 'ProviderAddress' });
export type ProviderAddress = z.infer<typeof ProviderAddress>;

/** `POST /api/v1/session/oidc/code`: the second factor, of whoever has one and has come back from the provider. */
export const ProviderCode = z.object({ code: Code }).meta({ id: 'ProviderCode' });
export type ProviderCode = z.infer<typeof ProviderCode>;

/** `POST /api/v1/session/step-up/oidc`: shows anew who is there, at the identity provider. With a `code` where there is a second factor. */
export const ProviderProof = z.object({ code: Code.optional() }).meta({ id: 'ProviderProof' });
export type ProviderProof = z.infer<typeof ProviderProof>;

/** Whom an identity provider knows an operator as. */
export const Identity = z.object({ issuer: z.string(), subject: z.string(), linkedAt: z.iso.datetime() }).meta({ id: 'Identity' });
export type Identity = z.infer<typeof Identity>;

/** `GET /api/v1/session/identity`: the own one, whether there is a password as well, and how many passkeys. */
export const IdentityAnswer = z
  .object({ identity: Identity.nullable(), password: z.boolean(), passkeys: z.int() }) // the last two: other ways in
  .meta({ id: 'IdentityAnswer' });
export type IdentityAnswer = z.infer<typeof IdentityAnswer>;

/**
 * `POST /api/v1/session/identity`: links one; `POST /api/v1/session/identity/remove`: unlinks it. Either takes another way in: a passkey, or the
 * password with a `code` where there is a second factor.
 */
export const IdentityProof = z
  .union([
    z.strictObject({ passkey: PasskeyAnswer }),
    z.strictObject({ currentPassword: z.string().min(1).max(256), code: Code.optional() }),
  ])
  .meta({ id: 'IdentityProof' });
export type IdentityProof = z.infer<typeof IdentityProof>;
