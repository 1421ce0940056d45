import { ANY_TENANT, type ErrorCode, isReserved, LicetError, type OperatorCreate, type OperatorUpdate } from '@licet/contract';
import type { z } from 'zod';
import { ApiKey } from '../api-keys/api-key.entity.ts';
import { Assignment } from '../assignments/assignment.entity.ts';
import type { EntityManager } from '../database/orm.ts';
import type { Row, TableMeta } from '../database/rows.ts';
import { Collection, demandExists } from '../http/collection.ts';
import { Role } from '../roles/role.entity.ts';
import { Tenant } from '../tenants/tenant.entity.ts';
import { User } from '../users/user.entity.ts';
import { canonicalKey, newUser } from '../users/users.collection.ts';
import { demandOther, giveLink, INVITATION_MS, isLinkOut, newOperator } from './credentials.ts';
import { dropIdentity } from './identities.ts';
import { OperatorIdentity } from './identity.entity.ts';
import { Operator, OperatorUse } from './operator.entity.ts';
import { dropSecondFactor } from './second-factor.service.ts';

// The link of an operator who is being invited travels beside the entity to the one answer that shows it.
const links = new WeakMap<Operator, string>();

export class OperatorsCollection extends Collection<Operator> {
  constructor() {
    super('operators', Operator);
  }

  override column(field: string): string {
    return field === 'id' ? 'user' : field;
  }

  override async present(em: EntityManager, operators: Operator[], _meta: TableMeta): Promise<Row[]> {
    const keys = operators.map(({ user }) => user);
    const users = new Map((await em.find(User, { id: { $in: keys } })).map((user) => [user.id, user]));
    const uses = new Map((await em.find(OperatorUse, { user: { $in: keys } })).map((use) => [use.user, use]));
    const identities = new Map((await em.find(OperatorIdentity, { user: { $in: keys } })).map((row) => [row.user, row]));
    const assignments = await em.find(Assignment, { user: { $in: keys }, resource: null }, { orderBy: { id: 'asc' } });
    return operators.map((operator) => {
      const { user, enabled, createdAt, version } = operator;
      const roles = assignments
        .filter((row) => row.user === user && isReserved(row.role))
        .map(({ role, tenant }) => ({ role, tenant: tenant ?? ANY_TENANT }));
      const link = links.get(operator);
      const identity = identities.get(user);
      return {
        ...{ id: user, name: users.get(user)?.name ?? null, state: stateOf(operator, users.get(user), identity), enabled, roles },
        identity: identity ? { issuer: identity.issuer, subject: identity.subject, linkedAt: identity.createdAt.toISOString() } : null,
        linkExpiresAt: isLinkOut(operator) ? operator.linkExpiresAt!.toISOString() : null,
        passwordChangedAt: operator.passwordChangedAt?.toISOString() ?? null,
        secondFactorAt: operator.secondFactorAt?.toISOString() ?? null,
        passkeys: operator.passkeys,
        ...{ createdAt: createdAt.toISOString(), lastSignInAt: uses.get(user)?.lastSignInAt.toISOString() ?? null, version },
        ...(link ? { link } : {}),
      };
    });
  }

  /** An operator is a user, who is made if not there yet, and gets the role together with the account. */
  override async create(em: EntityManager, input: z.infer<typeof OperatorCreate>, actor: string): Promise<Operator> {
    const { name, role, tenant } = input;
    const id = canonicalKey(input.id, 'id');
    if (!isReserved(role)) throw fault('invalid_request', 'role', 'choose a role of the console, such as `licet.auditor`');
    await demandExists(em, Role, 'role', role);
    if (tenant !== ANY_TENANT) await demandExists(em, Tenant, 'tenant', tenant);
    if (await em.count(Operator, { user: id })) throw fault('already_exists', 'id', `\`${id}\` is an operator already`);
    if (await em.count(ApiKey, { user: id })) throw fault('invalid_request', 'id', `an API key speaks for \`${id}\`; choose another key`);
    if (!(await em.findOne(User, id))) newUser(em, { id, name, enabled: true, attributes: {} });
    const operator = newOperator(em, id);
    const where = {
      user: id,
      group: null,
      role,
      tenant: tenant === ANY_TENANT ? null : tenant,
      resource: null,
      startsAt: null,
      expiresAt: null,
    };
    if (!(await em.count(Assignment, where))) em.create(Assignment, { ...where, reason: 'invited as an operator', createdBy: actor });
    links.set(operator, giveLink(operator, INVITATION_MS));
    return operator;
  }

  override async update(em: EntityManager, operator: Operator, patch: z.infer<typeof OperatorUpdate>, actor: string): Promise<void> {
    if (patch.secondFactor === false || patch.identity === false) demandOther(operator, actor);
    if (patch.secondFactor === false) await dropSecondFactor(em, operator);
    if (patch.identity === false) await dropIdentity(em, operator.user);
    if (patch.enabled !== undefined) operator.enabled = patch.enabled;
    // A link that is out must not outlive the switch.
    if (patch.enabled === false) Object.assign(operator, { linkHash: null, linkExpiresAt: null });
  }

  /** The console's roles go with the account; the user stays, for the applications. */
  override async remove(em: EntityManager, operator: Operator): Promise<void> {
    const assignments = await em.find(Assignment, { user: operator.user });
    await dropSecondFactor(em, operator);
    em.remove(await em.find(OperatorIdentity, { user: operator.user }));
    em.remove(assignments.filter(({ role }) => isReserved(role)));
    em.remove(operator);
  }
}

const fault = (code: ErrorCode, path: string, message: string) =>
  new LicetError(code, `${path}: ${message}`, { errors: [{ path, message }] });

function stateOf(operator: Operator, user: User | undefined, identity: OperatorIdentity | undefined): 'active' | 'invited' | 'disabled' {
  if (!operator.enabled || !user?.enabled) return 'disabled';
  return operator.passwordHash === '' && !identity && operator.passkeys === 0 ? 'invited' : 'active';
}
