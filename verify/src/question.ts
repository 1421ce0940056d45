/** Random questions about a policy: half of them made from a grant and an assignment, so that they have a chance to be allowed. */
import { splitKey, type Attributes, type EvaluationRequest, type PolicyRow, type SnapshotDocument } from '@licet/contract';
import { randomAttributes } from './condition-model.ts';
import { NOW, TIMES, UNREADABLE, withTenant, type Names } from './model.ts';
import type { Random } from './random.ts';

export interface Question {
  request: EvaluationRequest;
  now: number;
}

const STRANGERS = ['mallory', 'toString', 'service:alice', 'user:alice', 'a:b:c', 'hasOwnProperty'];
const NOT_TENANTS: Attributes[string][] = ['', 5, null, ['default'], '*', '__proto__'];
/** What stands in place of a part of a question that is none. */
const BROKEN: unknown[] = [
  undefined,
  null,
  5,
  'alice',
  [],
  {},
  { type: 'user' },
  { type: '', id: 'x' },
  { type: 'user', id: '' },
  { type: 'user', id: 'a\n' },
  { name: '' },
  { name: 'read', properties: [] },
  { type: 'task', id: 'x'.repeat(257) },
];

/** Makes questions about one policy. Attributes are taken from a few that are made once: making them anew would cost most of the time. */
export class Questions {
  readonly #random: Random;
  readonly #rows: SnapshotDocument['rows'];
  readonly #names: Names;
  readonly #grantsOf: Map<string, PolicyRow<'grants'>[]>;
  readonly #inheritsOf: Map<string, PolicyRow<'role-inherits'>[]>;
  readonly #membersOf: Map<string, PolicyRow<'group-members'>[]>;
  readonly #attributes: Attributes[];
  readonly #inTenant = new Map<string, Attributes[]>();

  /** @param makeAttributes what stands in the properties and in the context of a question */
  constructor(random: Random, { rows }: SnapshotDocument, names: Names, makeAttributes = randomAttributes) {
    this.#random = random;
    this.#rows = rows;
    this.#names = names;
    this.#grantsOf = Map.groupBy(rows.grants, ({ role }) => role);
    this.#inheritsOf = Map.groupBy(rows['role-inherits'], ({ role }) => role);
    this.#membersOf = Map.groupBy(rows['group-members'], ({ group }) => group);
    this.#attributes = [{}, ...Array.from({ length: 20 }, () => makeAttributes(random))];
    for (const value of NOT_TENANTS) this.#attributes.push(withTenant(random.pick(this.#attributes), value));
  }

  next(): Question {
    return this.#random.once(200) ? this.#broken() : this.valid();
  }

  /** A question that has the shape of one. */
  valid(): Question {
    return this.#random.once(2) ? this.#anything() : this.#likely();
  }

  #anything(): Question {
    const random = this.#random;
    const resource = random.once(2) ? random.pick(this.#names.resources) : `${random.pick(this.#names.types)}:new`;
    const action = random.once(30) ? 'nothing' : random.pick(this.#names.actions);
    const tenant = random.once(3) ? random.pick(this.#names.tenants) : undefined;
    const user = random.once(6) ? random.pick(STRANGERS) : random.pick(this.#names.users);
    return this.#question(user, action, random.once(40) ? 'none:1' : resource, tenant, random.pick(TIMES));
  }

  #likely(): Question {
    const random = this.#random;
    const assignment = random.pick(this.#rows.assignments);
    const grant = this.#grantOf(assignment.role);
    if (!grant) return this.#anything();
    const { type, rest } = splitKey(grant.permission);
    const ofType = type === '*' ? random.pick(this.#names.types) : type;
    const resource = assignment.resource?.startsWith(`${ofType}:`) ? assignment.resource : `${ofType}:${random.once(2) ? '1' : 'new'}`;
    const tenant = assignment.tenant === '*' ? (random.once(2) ? undefined : random.pick(this.#names.tenants)) : assignment.tenant;
    const { startsAt } = assignment;
    const starts = startsAt === null || startsAt === UNREADABLE ? NOW : Date.parse(startsAt);
    return this.#question(this.#holderOf(assignment), rest === '*' ? random.pick(this.#names.actions) : rest, resource, tenant, starts);
  }

  /** A grant of the role, or of one that it inherits from. */
  #grantOf(role: string): PolicyRow<'grants'> | undefined {
    const random = this.#random;
    let at = role;
    for (let steps = random.below(5); steps > 0; steps--) {
      const up = this.#inheritsOf.get(at);
      if (!up) break;
      at = random.pick(up).inherits;
    }
    const grants = this.#grantsOf.get(at) ?? this.#grantsOf.get(role);
    return grants && random.pick(grants);
  }

  #holderOf({ user, group }: PolicyRow<'assignments'>): string {
    const random = this.#random;
    if (user !== null) return user;
    if (group === 'anyone' && random.once(2)) return random.pick(STRANGERS);
    const members = group === null ? undefined : this.#membersOf.get(group);
    return members ? random.pick(members).user : random.pick(this.#names.users);
  }

  #question(user: string, name: string, resourceKey: string, tenant: string | undefined, now: number): Question {
    const random = this.#random;
    const where = tenant === undefined ? 'nowhere' : random.pick(['resource', 'resource', 'context'] as const);
    const properties = where === 'resource' ? this.#in(tenant as string) : this.#some(2);
    const request: EvaluationRequest = {
      subject: entity(user.startsWith('a:b:') ? { type: 'a:b', rest: 'c' } : keyParts(user), this.#some(2)),
      action: actionOf(name, this.#some(4)),
      resource: entity(splitKey(resourceKey), properties),
    };
    const context = where === 'context' ? this.#in(tenant as string) : this.#some(4);
    if (context !== undefined) request.context = context;
    return { request, now };
  }

  /** Attributes, once in so many times. */
  #some(times: number): Attributes | undefined {
    return this.#random.once(times) ? this.#random.pick(this.#attributes) : undefined;
  }

  /** Attributes that name the tenant. */
  #in(tenant: string): Attributes {
    let found = this.#inTenant.get(tenant);
    if (!found) {
      found = this.#attributes.map((attributes) => withTenant(attributes, tenant));
      this.#inTenant.set(tenant, found);
    }
    return this.#random.pick(found);
  }

  #broken(): Question {
    const { request, now } = this.#likely();
    const member = this.#random.pick(['subject', 'action', 'resource', 'context', 'all'] as const);
    const part = this.#random.pick(BROKEN);
    return { request: (member === 'all' ? part : { ...request, [member]: part }) as EvaluationRequest, now };
  }
}

function keyParts(user: string): { type: string; rest: string } {
  return user.includes(':') ? splitKey(user) : { type: 'user', rest: user };
}

function entity({ type, rest: id }: { type: string; rest: string }, properties: Attributes | undefined): EvaluationRequest['subject'] {
  return properties === undefined ? { type, id } : { type, id, properties };
}

function actionOf(name: string, properties: Attributes | undefined): EvaluationRequest['action'] {
  return properties === undefined ? { name } : { name, properties };
}
