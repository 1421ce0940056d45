import { z } from 'zod';

/** Bytes as base64url, as WebAuthn's JSON forms carry them. */
const Bytes = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'write bytes as base64url, without padding');
const PasskeyName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, 'leave out control characters');
// What the browser adds about extensions and the kind of authenticator is taken and not looked at.
const credential = {
  id: Bytes(1400),
  rawId: Bytes(1400),
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(50).nullish(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
};

/** What a browser gives when a passkey signs a challenge (WebAuthn Level 3, `AuthenticationResponseJSON`). */
export const PasskeyAnswer = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: Bytes(8192),
      authenticatorData: Bytes(8192),
      signature: Bytes(8192),
      userHandle: Bytes(100).nullish(),
    }),
  })
  .meta({ id: 'PasskeyAnswer' });
export type PasskeyAnswer = z.infer<typeof PasskeyAnswer>;

/** What a browser gives when it has made a passkey (WebAuthn Level 3, `RegistrationResponseJSON`). */
export const NewPasskeyAnswer = z
  .object({
    ...credential,
    response: z.looseObject({
      clientDataJSON: Bytes(8192),
      attestationObject: Bytes(65_536),
      transports: z.array(z.string().max(30)).max(10).optional(),
    }),
  })
  .meta({ id: 'NewPasskeyAnswer' });
export type NewPasskeyAnswer = z.infer<typeof NewPasskeyAnswer>;

/**
 * `POST /api/v1/session/passkey/start` and `/api/v1/session/passkeys/start`: what the browser is to be asked (WebAuthn Level 3,
 * `PublicKeyCredentialRequestOptionsJSON` and `PublicKeyCredentialCreationOptionsJSON`). The challenge is good for this browser, for five
 * minutes, and once.
 */
export const PasskeyOptions = z.looseObject({ challenge: z.string() }).meta({ id: 'PasskeyOptions' });
export type PasskeyOptions = z.infer<typeof PasskeyOptions>;

/** `POST /api/v1/session/passkey`: signs in with a passkey alone, which has asked for a finger, a face or a PIN. Answers as sign-in does. */
export const PasskeySignIn = z.object({ passkey: PasskeyAnswer }).meta({ id: 'PasskeySignIn' });
export type PasskeySignIn = z.infer<typeof PasskeySignIn>;

/** `GET /api/v1/session/passkeys`: the caller's own. */
export const Passkey = z
  .object({
    id: z.string(),
    name: z.string(),
    backedUp: z.boolean(), // whether its maker keeps a copy, so that it outlives the device
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Passkey' });
export type Passkey = z.infer<typeof Passkey>;
export const Passkeys = z.object({ items: z.array(Passkey), total: z.int() }).meta({ id: 'Passkeys' });
export type Passkeys = z.infer<typeof Passkeys>;

/** `POST /api/v1/session/passkeys`: keeps a passkey that the browser has made. */
export const PasskeyCreate = z.object({ name: PasskeyName, passkey: NewPasskeyAnswer }).meta({ id: 'PasskeyCreate' });
export type PasskeyCreate = z.infer<typeof PasskeyCreate>;
/** With `recoveryCodes` where it is the first second factor of the operator: the only time that they are shown. */
export const PasskeyCreated = z.object({ passkey: Passkey, recoveryCodes: z.array(z.string()).optional() }).meta({ id: 'PasskeyCreated' });
export type PasskeyCreated = z.infer<typeof PasskeyCreated>;

/** `PATCH /api/v1/session/passkeys/{id}`: names a passkey. */
export const PasskeyUpdate = z.object({ name: PasskeyName }).meta({ id: 'PasskeyUpdate' });
export type PasskeyUpdate = z.infer<typeof PasskeyUpdate>;

/**
 * `POST /api/v1/session/step-up`: shows anew who is there, before what 403 `step_up_needed` was answered to. Either a passkey, or the
 * password with a `code` where there is a second factor (else 401 `second_factor_needed`). The session is replaced by a new one.
 */
export const StepUpRequest = z
  .union([
    z.strictObject({ passkey: PasskeyAnswer }),
    z.strictObject({ password: z.string().min(1).max(256), code: z.string().trim().min(6).max(64).optional() }),
  ])
  .meta({ id: 'StepUpRequest' });
export type StepUpRequest = z.infer<typeof StepUpRequest>;
