import { COLLECTIONS, type CollectionName, type CollectionSpec, LicetError, ListQuery, type Page, RESERVED_PREFIX } from '@licet/contract';
import { type EntityClass, raw } from '@mikro-orm/core';
import type { Dialect, EntityManager } from '../database/orm.ts';
import { type Row, type TableMeta, metaOf, toRow } from '../database/rows.ts';
import { LOWER_OF_ALL } from '../database/sqlite.ts';
import type { Reach } from '../access/reach.service.ts';
import { parse } from './input.ts';

export type Where = Record<string | symbol, unknown>;
// Within what both databases take for a whole number.
const WHOLE_NUMBER = /^\d{1,9}$/;
const EXPORT_PAGE = 100;
const ASCII = /^\p{ASCII}*$/u;

export type Versioned = { version: number; createdAt: Date; updatedAt: Date };

/**
 * What a collection of the admin API reads and writes. A noun overrides what is particular to it; everything else follows the
 * contract's table of collections.
 */
export class Collection<E extends object> {
  readonly spec: CollectionSpec;

  constructor(
    readonly name: CollectionName,
    readonly entity: EntityClass<E>,
  ) {
    this.spec = COLLECTIONS[name];
  }

  /** The rows as the API shows them: as the contract says, unless a noun knows more. */
  async present(_em: EntityManager, entities: E[], meta: TableMeta): Promise<Row[]> {
    const members = Object.keys(this.spec.row.shape);
    return entities.map((entity) => {
      const row = { ...toRow(meta, entity), ...versionOf(entity) };
      return Object.fromEntries(members.map((member) => [member, row[member]]));
    });
  }

  /** The condition for a filter of the query; `undefined` where it is an ordinary column. */
  filter(_name: string, _value: string): Where | undefined {
    return undefined;
  }

  /** What holds for every list of this collection. */
  scope(): Where {
    return {};
  }

  /** What of this collection belongs to some tenants. Absent: it is nothing for whoever holds a permission in some tenants only. */
  confine?(tenants: readonly string[]): Where;

  /** This collection as it is shown to whoever is confined to some tenants, where rows say more than is theirs to know. */
  seenBy(_reach: Reach): Collection<E> {
    return this;
  }

  /** The column a field of the contract is kept in, where the two differ. */
  column(field: string): string {
    return field;
  }

  create(_em: EntityManager, _input: never, _actor: string): Promise<E> {
    throw new Error(`${this.name} is not created through the API`);
  }

  update(_em: EntityManager, _entity: E, _patch: never, _actor: string): Promise<void> {
    throw new Error(`${this.name} is not updated through the API`);
  }

  async remove(em: EntityManager, entity: E): Promise<void> {
    em.remove(entity);
  }
}

/** The version and the times of a row, where it has them. */
export function versionOf(entity: object): Row {
  const { version, createdAt, updatedAt } = entity as Partial<Versioned>;
  if (version === undefined) return {};
  return { version, createdAt: createdAt!.toISOString(), updatedAt: updatedAt!.toISOString() };
}

/** A page of a collection, searched, filtered and sorted in the database. */
export async function listRows<E extends object>(
  whole: Collection<E>,
  em: EntityManager,
  dialect: Dialect,
  query: Row,
  reach?: Reach,
): Promise<Page<Row>> {
  const collection = whole.seenBy(reach);
  const { q, page, perPage, sort, order } = parse(ListQuery, query);
  const meta = metaOf(em, collection.entity);
  demandKnown(query, collection.spec);
  const where = whereOf(collection, meta, dialect, query, q, reach);
  const [entities, total] = await em.findAndCount(collection.entity, where as never, {
    orderBy: orderBy(collection, meta, sort, order) as never,
    limit: perPage,
    offset: (page - 1) * perPage,
  });
  return { items: await collection.present(em, entities as E[], meta), total };
}

/**
 * All rows that a list would find, the oldest first, in pages, so that no more than one is in memory. Rows that come meanwhile come last.
 * @param em a new one for each page
 * @param query its filters are known ones; `q` is what it searches for
 */
export async function* everyRow<E extends object>(
  whole: Collection<E>,
  em: () => EntityManager,
  dialect: Dialect,
  query: Row,
  q: string,
  reach?: Reach,
): AsyncGenerator<Row[]> {
  const collection = whole.seenBy(reach);
  const meta = metaOf(em(), collection.entity);
  const where = whereOf(collection, meta, dialect, query, q, reach);
  const ascending = orderBy(collection, meta, undefined, 'asc');
  for (let after: string | undefined, more = true; more;) {
    const own = em();
    const options = { where, orderBy: ascending, first: EXPORT_PAGE, after, includeCount: false };
    const page = await own.findByCursor(collection.entity, options as never);
    yield await collection.present(own, page.items as E[], meta);
    [after, more] = [page.endCursor ?? undefined, page.hasNextPage];
  }
}

function whereOf<E extends object>(collection: Collection<E>, meta: TableMeta, dialect: Dialect, query: Row, q: string, reach: Reach) {
  const { spec } = collection;
  const text = q.trim();
  const filters = spec.filters.flatMap((name) => {
    const value = query[name];
    if (value === undefined || value === '') return [];
    if (typeof value !== 'string') throw new LicetError('invalid_request', `${name}: give it once`);
    return [collection.filter(name, value) ?? { [collection.column(name)]: typed(meta, collection.column(name), name, value) }];
  });
  const search = text && { $or: spec.search.map((field) => contains(meta, collection.column(field), text, dialect)) };
  return { $and: [collection.scope(), ...confined(collection, reach), ...filters, ...(search ? [search] : [])] };
}

/** A filter with a mistake in its name would filter nothing, and show what nobody asked for. */
export function demandKnown(query: Row, spec: CollectionSpec, own: { shape: object } = ListQuery): void {
  const known = [...Object.keys(own.shape), ...spec.filters];
  const errors = Object.keys(query).flatMap((path) =>
    known.includes(path) ? [] : [{ path, message: `is no filter here; use one of ${known.join(', ')}` }],
  );
  if (errors[0]) throw new LicetError('invalid_request', `${errors[0].path}: ${errors[0].message}`, { errors });
}

/** One row, or 404. */
export async function findRow<E extends object>(collection: Collection<E>, em: EntityManager, id: string, reach?: Reach): Promise<E> {
  const meta = metaOf(em, collection.entity);
  const key = meta.primaryKeys[0]!;
  const isNumber = meta.properties[key]?.runtimeType === 'number';
  const value = isNumber && WHOLE_NUMBER.test(id) ? Number(id) : isNumber ? undefined : id;
  const found =
    value === undefined
      ? null
      : await em.findOne(collection.entity, { $and: [{ [key]: value }, collection.scope(), ...confined(collection, reach)] } as never);
  if (!found) throw new LicetError('not_found', `there is no \`${id}\` in ${collection.name}`);
  return found as E;
}

function confined<E extends object>(collection: Collection<E>, reach: Reach): Where[] {
  if (!reach) return [];
  if (!collection.confine) throw new Error(`${collection.name} cannot be confined to tenants`);
  return [collection.confine(reach)];
}

/** Refuses a write that was made on an older state of the row. */
export async function demandVersion<E extends object>(
  collection: Collection<E>,
  em: EntityManager,
  entity: E,
  version: number,
  what = 'it',
): Promise<void> {
  if ((entity as unknown as Versioned).version === version) return;
  const meta = metaOf(em, collection.entity);
  const [current] = await collection.present(em, [entity], meta);
  throw new LicetError('version_mismatch', `somebody else changed ${what} since you loaded it; nothing was saved`, { current: current! });
}

/** Refuses to delete what others refer to, and says by what. */
export async function demandUnused(em: EntityManager, what: string, uses: [string, EntityClass<object>, Where][]): Promise<void> {
  for (const [name, entity, where] of uses) {
    const count = await em.count(entity, where as never);
    if (count > 0)
      throw new LicetError('still_in_use', `${what} is still used by ${count} ${name}; remove ${count === 1 ? 'it' : 'them'} first`);
  }
}

/** Finds what a row refers to, or says that it does not exist. */
export async function demandExists<E extends object>(em: EntityManager, entity: EntityClass<E>, member: string, id: string): Promise<E> {
  const found = await em.findOne(entity, { id } as never);
  if (found) return found as E;
  const message = `\`${id}\` does not exist`;
  throw new LicetError('invalid_policy', `${member}: ${message}`, { errors: [{ path: member, message }] });
}

/** Refuses a key that is taken. */
export async function demandFree<E extends object>(em: EntityManager, entity: EntityClass<E>, id: string): Promise<void> {
  if (await em.count(entity, { id } as never)) {
    throw new LicetError('already_exists', `\`${id}\` exists already`, { errors: [{ path: 'id', message: `\`${id}\` exists already` }] });
  }
}

function orderBy(collection: Collection<object>, meta: TableMeta, sort?: string, order?: 'asc' | 'desc') {
  const { spec } = collection;
  const first = spec.sort[0]!;
  const field = sort ?? first.replace(/^-/, '');
  if (!spec.sort.some((name) => name.replace(/^-/, '') === field)) {
    throw new LicetError('invalid_request', `sort: use one of ${spec.sort.map((name) => name.replace(/^-/, '')).join(', ')}`);
  }
  const direction = order ?? (spec.sort.includes(`-${field}`) ? 'desc' : 'asc');
  const key = meta.primaryKeys[0]!;
  return [{ [collection.column(field)]: direction }, ...(collection.column(field) === key ? [] : [{ [key]: direction }])];
}

function typed(meta: TableMeta, column: string, name: string, value: string): unknown {
  const type = meta.properties[column]?.runtimeType;
  if (type === 'boolean') {
    if (value !== 'true' && value !== 'false') throw new LicetError('invalid_request', `${name}: use true or false`);
    return value === 'true';
  }
  if (type !== 'number') return value;
  if (!WHOLE_NUMBER.test(value)) throw new LicetError('invalid_request', `${name}: use a number`);
  return Number(value);
}

/** Text within a column, without regard to case and without wildcards. */
function contains(meta: TableMeta, column: string, text: string, dialect: Dialect): Where {
  const name = meta.properties[column]!.fieldNames[0]!;
  // Every text but ASCII keeps its case under PostgreSQL's `C` locale.
  if (dialect === 'postgres') return sqlWhere('strpos(lower(?? collate "und-x-icu"), lower(? collate "und-x-icu")) > 0', [name, text]);
  // SQLite's own function knows the case of ASCII only. It is ten times as fast as ours, for which everything else would wait.
  return sqlWhere(`instr(${ASCII.test(text) ? 'lower' : LOWER_OF_ALL}(??), ?) > 0`, [name, text.toLowerCase()]);
}

/** A column that begins with a text, to the letter: LIKE would not regard case on SQLite, and takes `_` for any character. */
export function beginsWith(column: string, text: string): Where {
  return sqlWhere('substr(??, 1, ?) = ?', [column, text.length, text]);
}

/** The filter `builtIn` of a collection whose reserved rows begin with `licet.`. */
export function builtIn(value: string): Where {
  if (value !== 'true' && value !== 'false') throw new LicetError('invalid_request', 'builtIn: use true or false');
  const reserved = beginsWith('id', RESERVED_PREFIX);
  return value === 'true' ? reserved : { $not: reserved };
}

/** Invariant: nothing is compared with the fragment. MikroORM would then write its values into the text, where `?` is a placeholder again. */
export function sqlWhere(sql: string, values: (string | number)[]): Where {
  return { [raw(sql, values)]: [] };
}
