import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_USER_TYPE, LicetError, OWNER_ROLE, type SetupRequest } from '@licet/contract';
import { parsePolicyFile, resolvePolicyFile } from '@licet/policy';
import { Inject, Injectable } from '@nestjs/common';
import { SETUP, SYSTEM } from '../access/access.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import { Changes } from '../changes/changes.service.ts';
import { DATABASES, SETTINGS } from '../database/database.module.ts';
import type { Databases } from '../database/orm.ts';
import { applyPolicy } from '../policy/apply.ts';
import type { ApiSettings } from '../settings.ts';
import { User } from '../users/user.entity.ts';
import { newOperator, setPassword } from './credentials.ts';
import { Operator } from './operator.entity.ts';
import { demandGoodPassword } from './password-rules.ts';
import { hashPassword } from './passwords.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../examples/flask-task-manager/policy.yaml');

/** The first operator, made through a link that works once and is printed where the server was started. */
@Injectable()
export class Setup {
  #token: Buffer | undefined;

  constructor(
    @Inject(DATABASES) private readonly databases: Databases,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    private readonly changes: Changes,
  ) {}

  async required(): Promise<boolean> {
    return (await this.databases.policy.em.fork().count(Operator, {})) === 0;
  }

  /** Makes a new one-time link. The token stands behind `#`, so that no proxy or log sees it. */
  newLink(url = this.settings.publicUrl): string {
    const token = randomBytes(32).toString('base64url');
    this.#token = digest(token);
    return `${url}/#/setup?token=${token}`;
  }

  /** Makes the first operator, who may do everything, and loads the example if asked to. */
  async run(request: SetupRequest): Promise<string> {
    const { token, username, password, loadExample } = request;
    if (!this.#token || !timingSafeEqual(this.#token, digest(token))) {
      throw new LicetError('forbidden', 'this set-up link is not valid (any more); start the server again for a new one');
    }
    await demandGoodPassword(password, username);
    const passwordHash = await hashPassword(password);
    const example = loadExample && existsSync(EXAMPLE) ? resolvePolicyFile(parsePolicyFile(readFileSync(EXAMPLE, 'utf8'))) : undefined;
    await this.changes.commit(SETUP, { reason: 'first set-up' }, async (em) => {
      if ((await em.count(Operator, {})) > 0) throw new LicetError('forbidden', 'the set-up has been done; sign in');
      const user =
        (await em.findOne(User, username)) ??
        em.create(User, { id: username, type: DEFAULT_USER_TYPE, name: null, enabled: true, attributes: {} });
      setPassword(newOperator(em, user.id), passwordHash);
      em.create(Assignment, {
        ...{ user: user.id, group: null, role: OWNER_ROLE, tenant: null, resource: null, startsAt: null, expiresAt: null },
        ...{ reason: 'first set-up', createdBy: SYSTEM.id },
      });
    });
    this.#token = undefined;
    if (example) {
      await this.changes.commit({ id: username, via: 'setup' }, { reason: 'load the example: a task manager' }, (em) =>
        applyPolicy(em, example, { by: username }),
      );
    }
    return username;
  }
}

const digest = (value: string) => createHash('sha256').update(value).digest();
