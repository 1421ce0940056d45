import { isDeepStrictEqual } from 'node:util';
import { type CollectionRow, type Delta, POLICY_KINDS, type PolicyKind, type PolicyRow, type PolicyRows } from '@licet/contract';
import { type Cast, usersOf } from './acts.ts';
import type { State } from './holdings.ts';
import type { Installation } from './installation.ts';

type Key = Pick<CollectionRow<'api-keys'>, 'user' | 'revokedAt'>;
type Operator = CollectionRow<'operators'>;

/**
 * What an installation holds, followed change by change as a replica follows it: to read all of it back after each step would take most of
 * the time. Whoever follows asks now and then whether it is still what a look at the whole says.
 */
export class Followed {
  readonly #api: Installation;
  #revision: number;
  readonly #rows: ReadonlyMap<PolicyKind, Map<string, PolicyRow>>;

  private constructor(api: Installation, { revision, rows }: Whole) {
    this.#api = api;
    this.#revision = revision;
    this.#rows = byId(rows);
  }

  static async of(api: Installation): Promise<Followed> {
    return new Followed(api, await whole(api));
  }

  /** Takes over what has changed since. */
  async catchUp(): Promise<void> {
    const { deltas } = await this.#api.do<{ deltas: Delta[] }>('GET', `/replica/v1/changes?since=${this.#revision}`);
    for (const { revision, ops } of deltas) {
      if (revision !== ++this.#revision) throw new Error(`revision ${revision} came where ${this.#revision} was due`);
      for (const { kind, id, row } of ops) {
        if (row) this.#rows.get(kind)!.set(id, row);
        else this.#rows.get(kind)!.delete(id);
      }
    }
  }

  /** The kinds of rows that are not what a look at the whole says. */
  async differs(): Promise<string[]> {
    const { revision, rows } = await whole(this.#api);
    const seen = byId(rows);
    const kinds = POLICY_KINDS.filter((kind) => !sameRows(seen.get(kind)!, this.#rows.get(kind)!));
    return revision === this.#revision ? kinds : [...kinds, 'revision'];
  }

  /** The policy as far as a walk goes. */
  rowsOf(cast: Cast): State['rows'] {
    const all = <K extends PolicyKind>(kind: K) => [...this.#rows.get(kind)!.values()] as PolicyRow<K>[];
    const mine = new Set(usersOf(cast));
    return {
      users: all('users').filter(({ id }) => mine.has(id)),
      grants: all('grants'),
      'role-inherits': all('role-inherits'),
      'group-members': all('group-members').filter(({ user }) => mine.has(user)),
      assignments: all('assignments').filter(({ user }) => user === null || mine.has(user)),
    };
  }
}

/** Those of a walk who can act: operators who may sign in or hold a link, and users for whom a key speaks. */
export async function accountsOf(api: Installation, cast: Cast): Promise<string[]> {
  const list = async <T>(path: string) => (await api.do<{ items: T[] }>('GET', `/api/v1/${path}&perPage=1000`)).items;
  const keys = await list<Key>(`api-keys?q=${cast.applications[0]!.replace(/0$/, '')}`);
  const operators = await list<Operator>(`operators?q=${cast.users[0]!.slice(1)}`);
  const open = operators.filter(
    ({ enabled, linkExpiresAt, passwordChangedAt }) => enabled && (linkExpiresAt !== null || passwordChangedAt !== null),
  );
  const accounts = [...keys.filter(({ revokedAt }) => revokedAt === null).map(({ user }) => user), ...open.map(({ id }) => id)];
  const mine = new Set(usersOf(cast));
  return [...new Set(accounts)].filter((id) => mine.has(id));
}

interface Whole {
  revision: number;
  rows: PolicyRows;
}

const whole = (api: Installation) => api.do<Whole>('GET', '/replica/v1/snapshot');

const byId = (rows: PolicyRows) =>
  new Map(POLICY_KINDS.map((kind) => [kind, new Map((rows[kind] as PolicyRow[]).map((row) => [row.id, row]))]));

const sameRows = (some: Map<string, PolicyRow>, others: Map<string, PolicyRow>) =>
  some.size === others.size && [...some].every(([id, row]) => isDeepStrictEqual(row, others.get(id)));
