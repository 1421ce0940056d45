import { createHash, randomBytes } from 'node:crypto';
import type { OpenSession, Session as SessionAnswer } from '@licet/contract';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Reaches } from '../access/reach.service.ts';
import { isRecentProof } from '../access/step-up.ts';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { storableText } from '../database/storable.ts';
import type { ApiSettings } from '../settings.ts';
import { User } from '../users/user.entity.ts';
import { enabledOperator } from './credentials.ts';
import { KnownBrowsers } from './known-browsers.ts';
import { Operator, OperatorUse, Session } from './operator.entity.ts';
import { hasSecondFactor } from './second-factor.service.ts';

const ABSOLUTE_MS = 12 * 3_600_000;
const IDLE_MS = 60 * 60_000;
const TOUCH_MS = 60_000;
const MOST_LISTED = 1000;

/** Server-side sessions of operators: the browser holds a random value, the table its SHA-256. */
@Injectable()
export class Sessions {
  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    private readonly reaches: Reaches,
    private readonly browsers: KnownBrowsers,
  ) {}

  get #secure(): boolean {
    return this.settings.publicUrl.startsWith('https:');
  }

  #isFactorDue(operator: Operator): boolean {
    return this.settings.secondFactor === 'required' && operator.passwordHash !== '' && !hasSecondFactor(operator);
  }

  get #cookie(): string {
    return this.#secure ? SECURE_COOKIE : COOKIE;
  }

  /** The session cookie of a request. Behind TLS only the one that no other host can have set. */
  cookieOf(request: FastifyRequest): string | undefined {
    return request.cookies[this.#cookie];
  }

  /** Opens a session and sets its cookie. */
  async open(user: string, request: FastifyRequest, reply: FastifyReply, { endOthers = false } = {}): Promise<SessionAnswer> {
    const em = this.databases.policy.em.fork();
    const value = randomBytes(32).toString('base64url');
    const now = new Date();
    await em.nativeDelete(Session, { expiresAt: { $lt: now } });
    if (endOthers) await em.nativeDelete(Session, { user });
    // A new sign-in ends what this browser had before, so that no value survives a change of rights.
    const before = this.cookieOf(request);
    if (before) await em.nativeDelete(Session, { id: digest(before) });
    const [address, userAgent] = [request.ip, storableText(request.headers['user-agent'] ?? '', 300)];
    const expiresAt = new Date(now.getTime() + ABSOLUTE_MS);
    em.create(Session, { id: digest(value), user, address, userAgent, createdAt: now, lastSeenAt: now, expiresAt });
    await em.flush();
    await em.upsert(OperatorUse, { user, lastSignInAt: now });
    reply.setCookie(this.#cookie, value, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: this.#secure,
      maxAge: ABSOLUTE_MS / 1000,
    });
    this.browsers.remember(user, request, reply);
    return this.describe(user, digest(value));
  }

  /**
   * A live session of an operator who is not shut out; and whether the second factor is due there, since the operator could come in by the
   * password alone and that is not enough. Both are asked in one query, with each request: nothing that is kept could be out of date.
   */
  async find(cookie: string): Promise<{ session: Session; factorDue: boolean } | undefined> {
    const em = this.databases.policy.em.fork();
    const session = await em.findOne(Session, digest(cookie));
    const now = Date.now();
    if (!session || !isLive(session, now)) return undefined;
    const operator = await enabledOperator(em, session.user);
    if (!operator) return undefined;
    if (now - session.lastSeenAt.getTime() > TOUCH_MS) {
      session.lastSeenAt = new Date(now);
      await em.flush();
    }
    return { session, factorDue: this.#isFactorDue(operator) };
  }

  /** Whose session the request has, where it began with a proof that is a recent one. */
  async provenLately(request: FastifyRequest): Promise<string | undefined> {
    const cookie = this.cookieOf(request);
    const found = cookie ? await this.find(cookie) : undefined;
    return found && isRecentProof(found.session.createdAt) ? found.session.user : undefined;
  }

  /** Ends the session of this browser. Returns whose it was. */
  async close(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
    const cookie = this.cookieOf(request);
    const session = cookie ? await this.byId(digest(cookie)) : null;
    if (session) await this.end(session.id);
    // What the console keeps of searches and filters goes with the session, whatever its own scripts do. Not "cookies": others of this domain have some.
    reply.header('clear-site-data', '"storage"');
    for (const name of [COOKIE, SECURE_COOKIE]) reply.clearCookie(name, { path: '/', secure: name === SECURE_COOKIE });
    return session?.user;
  }

  /** The live sessions of one operator, or of all; the newest first. */
  async list(user: string | undefined, current: string | undefined): Promise<OpenSession[]> {
    const sessions = await this.databases.policy.em
      .fork()
      .find(Session, user === undefined ? {} : { user }, { orderBy: { createdAt: 'desc' }, limit: MOST_LISTED });
    const live = sessions.filter((session) => isLive(session, Date.now()));
    return live.map(({ id, user, address, userAgent, createdAt, lastSeenAt, expiresAt }) => ({
      ...{ id, user, address, userAgent, current: id === current },
      ...{ createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt.toISOString(), expiresAt: expiresAt.toISOString() },
    }));
  }

  byId(id: string): Promise<Session | null> {
    return this.databases.policy.em.fork().findOne(Session, id);
  }

  async end(id: string): Promise<void> {
    await this.databases.policy.em.fork().nativeDelete(Session, { id });
  }

  /** Who is signed in, and what this operator may do in the console. */
  async describe(user: string, id?: string): Promise<SessionAnswer> {
    const em = this.databases.policy.em.fork();
    const { name } = await em.findOneOrFail(User, user);
    const operator = await em.findOne(Operator, { user });
    const factors = { secondFactor: (operator?.totpSecret ?? null) !== null, passkeys: operator?.passkeys ?? 0 };
    const session = id ? await em.findOne(Session, id) : null;
    const expiresAt = (session?.expiresAt ?? new Date(Date.now() + ABSOLUTE_MS)).toISOString();
    const secondFactorDue = operator !== null && this.#isFactorDue(operator);
    const rights = secondFactorDue ? { permissions: [], tenants: null } : await this.reaches.permissions(user);
    return { user: { id: user, name }, ...rights, ...factors, secondFactorDue, expiresAt };
  }

  digestOf(request: FastifyRequest): string | undefined {
    const cookie = this.cookieOf(request);
    return cookie && digest(cookie);
  }

  /** Whether a user may sign in at all: some console permission is needed. */
  async mayEnter(user: string): Promise<boolean> {
    return (await this.reaches.permissions(user)).permissions.length > 0;
  }
}

const COOKIE = 'licet_session';
// The prefix makes browsers refuse the cookie from anywhere but this host over TLS.
const SECURE_COOKIE = '__Host-licet_session';

const isLive = (session: Session, now: number) => session.expiresAt.getTime() > now && session.lastSeenAt.getTime() + IDLE_MS > now;

const digest = (value: string) => createHash('sha256').update(value).digest('hex');
