import { ANY_TENANT, splitKey, type PolicyRow } from '@licet/contract';
import { Names } from './names.ts';
import { parseTimestamp } from './timestamp.ts';
import { Values } from './values.ts';

/** What an assignment assigns, where and when: all of its row but its id and its user. */
export type TermsRow = Omit<PolicyRow<'assignments'>, 'id' | 'user'>;

/** The same as conditions of its force. */
export interface Terms {
  readonly role: string;
  readonly tenant: string;
  /** The one resource that it is for; null for all. */
  readonly resource: { readonly type: string; readonly id: string } | null;
  /**
   * When it is in force, in milliseconds since the epoch: from `startsAt` up to, and without, `expiresAt`; null for always. NaN for a time
   * that cannot be read.
   */
  readonly period: { readonly startsAt: number; readonly expiresAt: number } | null;
}

/** What the numbers in the records of users stand for. Shared by all snapshots that come from one another, and only ever added to. */
export interface Pools {
  readonly roles: Names;
  /** Number {@link ANY_TENANT_NUMBER} is every tenant. */
  readonly tenants: Names;
  readonly groups: Names;
  /** What permissions and grants name: `task:read`, `task:*` and so on. */
  readonly permissions: Names;
  readonly values: Values;
  readonly terms: TermsPool;
}

export const ANY_TENANT_NUMBER = 0;

/** Terms are this many words; the names below say which. A value that is absent is -1. */
export const TERMS_WORDS = 8;
export const ROLE = 0;
export const TENANT = 1;
/** Which limits there are: a sum of `FOR_RESOURCE`, `FOR_PERIOD` and `FOR_GROUP`; mostly none. */
export const LIMITS = 2;
export const RESOURCE_TYPE = 3;
export const RESOURCE_ID = 4;
const STARTS_AT = 5;
const EXPIRES_AT = 6;
export const GROUP = 7;
export const FOR_RESOURCE = 1;
export const FOR_PERIOD = 2;
/** The row names a group besides its user, which changes nothing. */
export const FOR_GROUP = 4;

const ABSENT = -1;

/**
 * The different terms of all assignments. A few serve all users mostly, so that decisions find them in the processor's cache.
 *
 * Invariant: only ever added to.
 */
export class TermsPool {
  /** {@link TERMS_WORDS} words each. */
  words: Int32Array;
  /** When they are in force, in milliseconds since the epoch: from the first number up to, and without, the second. NaN: nobody can tell. */
  times: Float64Array;
  size: number;
  /** By role and tenant, those without limits. */
  readonly #plain: Map<number, number>[] = [];
  readonly #limited = new Map<string, number>();
  readonly #texts = new Map<string, number>();

  constructor(words: Int32Array = new Int32Array(0), times: Float64Array = new Float64Array(0)) {
    this.words = words;
    this.times = times;
    this.size = words.length / TERMS_WORDS;
  }

  /** @returns the number of these terms, which is a new one where there are none such yet */
  add(row: TermsRow, pools: Pools): number {
    const { role, tenant, resource, startsAt, expiresAt, group } = row;
    const [roleNumber, tenantNumber] = [pools.roles.add(role), pools.tenants.add(tenant)];
    if (resource !== null || startsAt !== null || expiresAt !== null || group !== null) {
      const key = JSON.stringify([role, tenant, resource, startsAt, expiresAt, group]);
      const known = this.#limited.get(key);
      if (known !== undefined) return known;
      this.#limited.set(key, this.size);
      return this.#addLimited(row, roleNumber, tenantNumber, pools);
    }
    const ofRole = (this.#plain[roleNumber] ??= new Map());
    let number = ofRole.get(tenantNumber);
    if (number === undefined) {
      number = this.#push([roleNumber, tenantNumber, 0, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT], -Infinity, Infinity);
      ofRole.set(tenantNumber, number);
    }
    return number;
  }

  /** The terms with this number, as in a row. */
  row(number: number, { roles, tenants, groups, values }: Pools): TermsRow {
    const word = (name: number) => this.words[number * TERMS_WORDS + name]!;
    const text = (name: number) => (word(name) === ABSENT ? null : values.text(word(name)));
    const type = text(RESOURCE_TYPE);
    const id = text(RESOURCE_ID);
    return {
      group: word(GROUP) === ABSENT ? null : groups.nameOf(word(GROUP)),
      role: roles.nameOf(word(ROLE)),
      tenant: tenants.nameOf(word(TENANT)),
      resource: type === null ? id : `${type}:${id}`,
      startsAt: text(STARTS_AT),
      expiresAt: text(EXPIRES_AT),
    };
  }

  /** The terms with this number, to be compared with a question. */
  read(number: number, pools: Pools): Terms {
    const limits = this.words[number * TERMS_WORDS + LIMITS]!;
    const { role, tenant, resource } = this.row(number, pools);
    const [startsAt, expiresAt] = [this.times[2 * number]!, this.times[2 * number + 1]!];
    // A text that is no key of a resource has no type, and fits none.
    const ofResource = resource?.includes(':') ? splitKey(resource) : { type: '', rest: resource ?? '' };
    return {
      role,
      tenant,
      resource: limits & FOR_RESOURCE ? { type: ofResource.type, id: ofResource.rest } : null,
      period: limits & FOR_PERIOD ? { startsAt, expiresAt } : null,
    };
  }

  #addLimited({ resource, startsAt, expiresAt, group }: TermsRow, role: number, tenant: number, { groups, values }: Pools): number {
    const text = (value: string | null): number => {
      if (value === null) return ABSENT;
      const number = this.#texts.get(value) ?? values.add(value);
      this.#texts.set(value, number);
      return number;
    };
    const limits =
      (resource === null ? 0 : FOR_RESOURCE) +
      (startsAt === null && expiresAt === null ? 0 : FOR_PERIOD) +
      (group === null ? 0 : FOR_GROUP);
    // What has no colon is no key of a resource, and fits none.
    const { type, rest } = resource?.includes(':') ? splitKey(resource) : { type: null, rest: resource };
    const groupNumber = group === null ? ABSENT : groups.add(group);
    return this.#push(
      [role, tenant, limits, text(type), rest === null ? ABSENT : values.add(rest), text(startsAt), text(expiresAt), groupNumber],
      startsAt === null ? -Infinity : (parseTimestamp(startsAt) ?? NaN),
      expiresAt === null ? Infinity : (parseTimestamp(expiresAt) ?? NaN),
    );
  }

  #push(words: readonly number[], from: number, until: number): number {
    const number = this.size;
    if (number * TERMS_WORDS === this.words.length) {
      const more = Math.max(16, 2 * number);
      const [grownWords, grownTimes] = [new Int32Array(more * TERMS_WORDS), new Float64Array(more * 2)];
      grownWords.set(this.words);
      grownTimes.set(this.times);
      this.words = grownWords;
      this.times = grownTimes;
    }
    this.words.set(words, number * TERMS_WORDS);
    this.times[2 * number] = from;
    this.times[2 * number + 1] = until;
    this.size = number + 1;
    return number;
  }
}

/** @returns pools that know these names and nothing else */
export function createPools(roles: Iterable<string> = [], tenants: Iterable<string> = [], groups: Iterable<string> = []): Pools {
  return {
    roles: new Names(roles),
    tenants: new Names([ANY_TENANT, ...tenants]),
    groups: new Names(groups),
    permissions: new Names(),
    values: new Values(),
    terms: new TermsPool(),
  };
}

/** How many of each there are in pools. */
export type PoolSizes = Readonly<Record<keyof Pools, number>>;

export function sizesOf({ roles, tenants, groups, permissions, values, terms }: Pools): PoolSizes {
  return {
    roles: roles.size,
    tenants: tenants.size,
    groups: groups.size,
    permissions: permissions.size,
    values: values.size,
    terms: terms.size,
  };
}

export function sumOfSizes(pools: Pools): number {
  const { roles, tenants, groups, permissions, values, terms } = sizesOf(pools);
  return roles + tenants + groups + permissions + values + terms;
}
