import { createHash, randomBytes } from 'node:crypto';
import { LicetError, type SecurityMethod } from '@licet/contract';
import { Inject, Injectable } from '@nestjs/common';
import { verifySync } from 'otplib';
import { SYSTEM } from '../access/access.ts';
import type { Changes } from '../changes/changes.service.ts';
import { DATABASES } from '../database/database.module.ts';
import type { Databases, EntityManager } from '../database/orm.ts';
import type { Attempt } from './attempts.ts';
import { Operator, OperatorUse, RecoveryCode } from './operator.entity.ts';
import { OperatorPasskey } from './passkey.entity.ts';
import { Seal } from './seal.ts';

const CODES = 10;
const TOLERANCE_S = 30;
const STEP_S = 30;

/**
 * The second factor after the password: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when the app or the passkeys
 * are lost. Whoever has a passkey comes in with that, or with the password and a code: never with the password alone.
 */
@Injectable()
export class SecondFactor {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    private readonly seal: Seal,
  ) {}

  /** Demands a code where the operator has a second factor. Each code is taken once. Returns what was shown. */
  async demand(operator: Operator, code: string | undefined): Promise<SecurityMethod[]> {
    const { user, totpSecret } = operator;
    if (!hasSecondFactor(operator)) return [];
    if (!code) {
      const ways = [...(operator.passkeys > 0 ? ['a passkey'] : []), ...(totpSecret ? ['the code of your authenticator app'] : [])];
      throw new LicetError('second_factor_needed', `a second factor is needed besides: ${[...ways, 'a recovery code'].join(', or ')}`);
    }
    const ofApp = totpSecret !== null && /^\d{6}$/.test(code);
    const right = ofApp ? await this.#takeStep(user, this.seal.open(totpSecret, user), code) : await this.#takeRecovery(user, code);
    if (!right) throw wrongCode('code');
    return [ofApp ? 'code' : 'recovery-code'];
  }

  /** The same at the end of a try, which is right with it. To be asked for a code is no wrong try, nor a right one. */
  async complete(attempt: Attempt, operator: Operator, code: string | undefined): Promise<SecurityMethod[]> {
    const shown = await this.demandCode(attempt, operator, code);
    await attempt.right();
    return shown;
  }

  /** The same in a try that asks for more. */
  async demandCode(attempt: Attempt, operator: Operator, code: string | undefined): Promise<SecurityMethod[]> {
    return this.demand(operator, code).catch(async (error: LicetError) => {
      if (error.code === 'second_factor_needed') await attempt.giveBack();
      throw error;
    });
  }

  /** Demands that an app which is being set up shows a code of its secret. */
  async demandCodeOf(user: string, secret: string, code: string): Promise<void> {
    if (!(await this.#takeStep(user, secret, code))) throw wrongCode('code');
  }

  /** Gives an operator the secret of an authenticator app. Returns new recovery codes, in the clear. */
  set(em: EntityManager, operator: Operator, secret: string): Promise<string[]> {
    const { user } = operator;
    operator.totpSecret = this.seal.close(secret, user);
    operator.secondFactorAt = new Date();
    return newRecoveryCodes(em, user);
  }

  /** Seals anew what the key before had sealed: once that is done, it is needed no more. Says for how many operators. */
  async sealAnew(changes: Pick<Changes, 'commit'>): Promise<number> {
    const { result } = await changes.commit(SYSTEM, { reason: 'sealed with the present LICET_SECRET' }, async (em) => {
      const operators = await em.find(Operator, { totpSecret: { $ne: null } });
      const old = operators.filter(({ totpSecret }) => this.seal.isOld(totpSecret!));
      for (const operator of old) operator.totpSecret = this.seal.close(this.seal.open(operator.totpSecret!, operator.user), operator.user);
      return old.length;
    });
    return result;
  }

  /** A code counts once, and none that is older than the last (RFC 6238, section 5.2). */
  async #takeStep(user: string, secret: string, code: string): Promise<boolean> {
    if (!/^\d{6}$/.test(code)) return false;
    const result = verifySync({ secret, token: code, epochTolerance: TOLERANCE_S });
    if (!result.valid) return false;
    const step = Math.floor(Date.now() / 1000 / STEP_S) + result.delta;
    const taken = await this.databases.policy.em.fork().nativeUpdate(OperatorUse, { user, totpStep: { $lt: step } }, { totpStep: step });
    return taken === 1;
  }

  async #takeRecovery(user: string, code: string): Promise<boolean> {
    const id = digest(user, code.toLowerCase().replace(/[^a-z0-9]/g, ''));
    return (await this.databases.policy.em.fork().nativeDelete(RecoveryCode, { id, user })) === 1;
  }
}

export const hasSecondFactor = ({ totpSecret, passkeys }: Operator): boolean => totpSecret !== null || passkeys > 0;

/** Takes the app away, and the recovery codes where no passkey is left that they stand in for. */
export async function dropApp(em: EntityManager, operator: Operator): Promise<void> {
  Object.assign(operator, { totpSecret: null, secondFactorAt: null });
  await dropUselessCodes(em, operator);
}

/** Takes all of it away: the app, the passkeys, the recovery codes. */
export async function dropSecondFactor(em: EntityManager, operator: Operator): Promise<void> {
  operator.passkeys = 0;
  em.remove(await em.find(OperatorPasskey, { user: operator.user }));
  await dropApp(em, operator);
}

/** Recovery codes stand in for something; without it they would be passwords that nobody remembers. */
export async function dropUselessCodes(em: EntityManager, operator: Operator): Promise<void> {
  if (!hasSecondFactor(operator)) em.remove(await em.find(RecoveryCode, { user: operator.user }));
}

/** Makes new recovery codes in place of those there were. Returns them in the clear. */
export async function newRecoveryCodes(em: EntityManager, user: string): Promise<string[]> {
  em.remove(await em.find(RecoveryCode, { user }));
  const codes = Array.from({ length: CODES }, newRecoveryCode);
  for (const each of codes) em.create(RecoveryCode, { id: digest(user, each), user });
  return codes;
}

const wrongCode = (path: string) => {
  const message = 'this code is not right, or was used already; wait for the next one';
  return new LicetError('unauthenticated', message, { errors: [{ path, message }] });
};

/** 125 bits, in groups that can be read aloud. The hash needs no salt of its own: nobody can try that many. */
function newRecoveryCode(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  const text = Array.from(randomBytes(25), (byte) => letters[byte & 31]).join('');
  return text.match(/.{5}/g)!.join('-');
}

const digest = (user: string, code: string) =>
  createHash('sha256')
    .update(JSON.stringify([user, code.replaceAll('-', '')]))
    .digest('hex');
