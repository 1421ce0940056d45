import { createHash } from 'node:crypto';
import { LicetError, type NewPasskeyAnswer, type Passkey, type PasskeyAnswer, type PasskeyOptions } from '@licet/contract';
import { Inject, Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON, AuthenticatorTransport, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases, EntityManager } from '../database/orm.ts';
import { SecurityEvents } from '../security-events/security-events.service.ts';
import type { ApiSettings } from '../settings.ts';
import type { Operator } from './operator.entity.ts';
import { CHALLENGE_MS, PasskeyChallenges } from './passkey-challenges.ts';
import { OperatorPasskey } from './passkey.entity.ts';
import { dropUselessCodes, hasSecondFactor, newRecoveryCodes } from './second-factor.service.ts';

// Read at its first use: it brings a library for certificates, which would be a seventh of each start.
const webauthn = () => import('@simplewebauthn/server');
const MOST = 20;
// EdDSA, ES256 and RS256: what authenticators have. Asking the library whether Node knows newer ones prints warnings.
const ALGORITHMS = [-8, -7, -257];
const SIGN_IN = 'sign in';
const makingFor = (user: string) => `make for ${user}`;

/** What of a new passkey is kept. */
type New = Pick<OperatorPasskey, 'credentialId' | 'publicKey' | 'counter' | 'transports' | 'backedUp'>;

/** The passkeys of operators (WebAuthn Level 3). Each signature asks for a finger, a face or a PIN: two factors in one. */
@Injectable()
export class Passkeys {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    private readonly challenges: PasskeyChallenges,
    private readonly events: SecurityEvents,
  ) {}

  /** What a browser is asked to sign in with. The same whoever asks: the passkeys themselves know whose they are. */
  async signInOptions(reply: FastifyReply): Promise<PasskeyOptions> {
    const challenge = this.challenges.give(reply, SIGN_IN);
    const { rpID } = this.#site;
    const { generateAuthenticationOptions } = await webauthn();
    return { ...(await generateAuthenticationOptions({ rpID, challenge, userVerification: 'required', timeout: CHALLENGE_MS })) };
  }

  /** What a browser is asked to make a passkey of. */
  async makingOptions(reply: FastifyReply, user: string, name: string): Promise<PasskeyOptions> {
    const had = await this.databases.policy.em.fork().find(OperatorPasskey, { user });
    const challenge = this.challenges.give(reply, makingFor(user));
    const { generateRegistrationOptions } = await webauthn();
    const options = await generateRegistrationOptions({
      ...{ rpName: 'Licet', rpID: this.#site.rpID, userName: user, userDisplayName: name, userID: handleOf(user), challenge },
      ...{ attestationType: 'none', timeout: CHALLENGE_MS, supportedAlgorithmIDs: ALGORITHMS },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: had.map(({ credentialId, transports }) => ({
        id: credentialId,
        transports: transports as AuthenticatorTransport[],
      })),
    });
    return { ...options };
  }

  /**
   * Demands a passkey's signature under the challenge that this browser has. Returns whose passkey it is; the same refusal for whatever is
   * wrong.
   * @param owner whose it must be, where that is known
   */
  async demand(request: FastifyRequest, reply: FastifyReply, answer: PasskeyAnswer, owner?: string): Promise<string> {
    const challenge = await this.challenges.take(request, reply, SIGN_IN);
    const em = this.databases.policy.em.fork();
    const passkey = await em.findOne(OperatorPasskey, { credentialId: answer.id });
    if (!challenge || !passkey || (owner !== undefined && passkey.user !== owner)) throw notAccepted();
    const { rpID, origin } = this.#site;
    const { verifyAuthenticationResponse } = await webauthn();
    const proof = await verifyAuthenticationResponse({
      response: answer as AuthenticationResponseJSON,
      ...{ expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true },
      // The counter is looked at below, where a step back can be told from the rest.
      credential: { id: passkey.credentialId, publicKey: Uint8Array.from(Buffer.from(passkey.publicKey, 'base64url')), counter: 0 },
    }).catch(() => undefined);
    const handle = answer.response.userHandle ?? '';
    if (!proof?.verified || handle !== Buffer.from(handleOf(passkey.user)).toString('base64url')) throw notAccepted();
    const { newCounter: counter, credentialBackedUp: backedUp } = proof.authenticationInfo;
    if ((counter > 0 || passkey.counter > 0) && counter <= passkey.counter) {
      this.events.refuse({ event: 'passkey-copied', actor: passkey.user, target: passkey.id, method: ['passkey'] });
      throw notAccepted();
    }
    const where = { id: passkey.id, counter: passkey.counter };
    if ((await em.nativeUpdate(OperatorPasskey, where, { counter, backedUp, lastUsedAt: new Date() })) !== 1) throw notAccepted();
    return passkey.user;
  }

  /** Demands that a passkey was made under the challenge that this browser has for it. */
  async demandNew(request: FastifyRequest, reply: FastifyReply, user: string, answer: NewPasskeyAnswer): Promise<New> {
    const challenge = await this.challenges.take(request, reply, makingFor(user));
    const { rpID, origin } = this.#site;
    const { verifyRegistrationResponse } = await webauthn();
    const made =
      challenge &&
      (await verifyRegistrationResponse({
        response: answer as RegistrationResponseJSON,
        ...{ expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpID },
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      }).catch(() => undefined));
    if (!made || !made.verified) {
      const message = 'this passkey was not accepted; begin again';
      throw new LicetError('invalid_request', `passkey: ${message}`, { errors: [{ path: 'passkey', message }] });
    }
    const { credential, credentialBackedUp: backedUp } = made.registrationInfo;
    const publicKey = Buffer.from(credential.publicKey).toString('base64url');
    return { credentialId: credential.id, publicKey, counter: credential.counter, transports: credential.transports ?? [], backedUp };
  }

  /** The passkeys of an operator, the oldest first. */
  async list(user: string): Promise<Passkey[]> {
    const rows = await this.databases.policy.em.fork().find(OperatorPasskey, { user }, { orderBy: { createdAt: 'asc', id: 'asc' } });
    return rows.map(shown);
  }

  async rename(user: string, id: string, name: string): Promise<Passkey> {
    const em = this.databases.policy.em.fork();
    const passkey = await ownPasskey(em, user, id);
    passkey.name = name;
    await em.flush();
    return shown(passkey);
  }

  get #site(): { rpID: string; origin: string } {
    const { hostname, origin } = new URL(this.settings.publicUrl);
    return { rpID: hostname, origin };
  }
}

/** Keeps a passkey of an operator. Returns recovery codes where it is the first second factor. */
export async function keepPasskey(
  em: EntityManager,
  operator: Operator,
  name: string,
  made: New,
): Promise<{ passkey: Passkey; recoveryCodes?: string[] }> {
  const { user } = operator;
  if (operator.passkeys >= MOST) throw new LicetError('still_in_use', `there are ${MOST} passkeys already; remove one first`);
  if (await em.count(OperatorPasskey, { credentialId: made.credentialId }))
    throw new LicetError('already_exists', 'this passkey is kept already');
  const first = !hasSecondFactor(operator);
  const row = em.create(OperatorPasskey, { ...made, user, name, createdAt: new Date(), lastUsedAt: null });
  operator.passkeys += 1;
  await em.flush();
  return { passkey: shown(row), ...(first ? { recoveryCodes: await newRecoveryCodes(em, user) } : {}) };
}

/** Removes a passkey of an operator, unless it is the only way in. */
export async function removePasskey(em: EntityManager, operator: Operator, id: string): Promise<OperatorPasskey> {
  const passkey = await ownPasskey(em, operator.user, id);
  if (operator.passwordHash === '' && operator.passkeys === 1) {
    throw new LicetError('still_in_use', 'this passkey is the only way in to this account; add another one first');
  }
  operator.passkeys -= 1;
  em.remove(passkey);
  await dropUselessCodes(em, operator);
  return passkey;
}

async function ownPasskey(em: EntityManager, user: string, id: string): Promise<OperatorPasskey> {
  const passkey = await em.findOne(OperatorPasskey, { id, user });
  if (!passkey) throw new LicetError('not_found', 'you have no such passkey');
  return passkey;
}

export const notAccepted = () =>
  new LicetError('unauthenticated', 'the passkey was not accepted, or the account may not use the console; try again, or use the password');

const shown = ({ id, name, backedUp, createdAt, lastUsedAt }: OperatorPasskey): Passkey => ({
  ...{ id, name, backedUp, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null },
});

/** What authenticators know an operator by: nothing that could be read (WebAuthn Level 3, section 14.6.1). */
const handleOf = (user: string) =>
  Uint8Array.from(
    createHash('sha256')
      .update(JSON.stringify(['licet operator', user]))
      .digest(),
  );
