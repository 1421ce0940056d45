import type { EntityProperty } from '@mikro-orm/core';
import { LicetError } from './errors.ts';

/** A condition has no filter; the message names it. Ask `checkMany` row by row. */
export class NotExpressible extends LicetError {
  override readonly name = 'NotExpressible';
}

/** A column as conditions see it. */
export interface Column {
  readonly property: string;
  /** The type of its attribute where it is not null: `opaque` values have no filter. */
  readonly type: 'string' | 'number' | 'boolean' | 'date' | 'opaque';
  /** What stands in the column for an attribute of its type; undefined where nothing does. */
  readonly read: (literal: unknown) => unknown;
  /** Whether the database orders it as conditions do. */
  readonly ordered: boolean;
}

const WHOLE = /^(?:tiny|small|medium)?int(?:eger)?\b/;
const DOUBLE = /^double\b/;
const SHORT_FLOAT = /^(?:real|float)\b/;
/**
 * Types of columns that compare texts as conditions do. Others pad (`char(n)`), write texts anew (`time`), take them for numbers (SQLite goes by
 * parts of the name, and INT comes first), or have a collation.
 */
const TEXT = {
  sqlite: /^(?!.*(?:int|collate)).*(?:char|clob|text)/i,
  postgresql: /^(?:text|uuid|(?:varchar|character varying)\s*(?:\(\d+\))?)$/i,
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const asItIs = (literal: unknown): unknown => literal;

/**
 * Finds out what a property is.
 * @param as `id`: the primary key, whose value is told as text
 */
export function columnOf(property: EntityProperty | undefined, dialect: 'sqlite' | 'postgresql', as?: 'id'): Column {
  if (property === undefined) throw new NotExpressible('an attribute is described by a property that the entity does not have');
  const { name } = property;
  const target = kindOf(property) === 'scalar' ? property : referredTo(property);
  const type = target ? typeOf(target, dialect) : 'opaque';
  const plain = { property: name, type, read: asItIs, ordered: type === 'number' };
  if (as === 'id' && type === 'number') return { property: name, type: 'string', read: readWhole, ordered: false };
  if (type !== 'string' || target === undefined) return plain;
  if (dialect === 'sqlite') return { ...plain, ordered: target.enum !== true };
  const isUuid = target.columnTypes?.[0]?.toLowerCase() === 'uuid';
  const items = target.enum === true && Array.isArray(target.items) ? target.items : undefined;
  return { ...plain, read: (literal) => (holds(String(literal), isUuid, items) ? literal : undefined) };
}

/** Whether a column of PostgreSQL can hold a text; it refuses to compare with any other. */
function holds(text: string, isUuid: boolean, items: readonly unknown[] | undefined): boolean {
  return !text.includes('\0') && (!isUuid || UUID.test(text)) && (items?.includes(text) ?? true);
}

/** `scalar`, `m:1` and so on. To compare with the enum itself would import MikroORM, and of that only the types are needed. */
function kindOf({ kind }: EntityProperty): string {
  return kind;
}

/** The primary key that a reference holds. */
function referredTo(property: EntityProperty): EntityProperty | undefined {
  const isOwner = kindOf(property) === 'm:1' || (kindOf(property) === '1:1' && property.owner === true);
  const [key, ...more] = isOwner ? (property.targetMeta?.getPrimaryProps() ?? []) : [];
  return more.length === 0 ? key : undefined;
}

function typeOf({ runtimeType, customType, columnTypes, ...property }: EntityProperty, dialect: 'sqlite' | 'postgresql'): Column['type'] {
  const column = columnTypes?.[0] ?? '';
  const made = (customType as object | undefined)?.constructor.name;
  if ('collation' in property && property.collation !== undefined) return 'opaque';
  const isText = TEXT[dialect].test(column) || (dialect === 'postgresql' && property.nativeEnumName !== undefined);
  if (runtimeType === 'string' && isText && (made === undefined || made === 'UuidType' || made === 'TextType')) return 'string';
  if (runtimeType === 'boolean' && made === undefined) return 'boolean';
  if (runtimeType === 'Date' && made === undefined) return 'date';
  const isNumber = WHOLE.test(column) || DOUBLE.test(column) || (dialect === 'sqlite' && SHORT_FLOAT.test(column));
  return runtimeType === 'number' && isNumber && (made === undefined || made === 'DoubleType') ? 'number' : 'opaque';
}

/** The number that an id says, if it is written as numbers are. */
function readWhole(literal: unknown): number | undefined {
  const number = Number(literal);
  return Number.isSafeInteger(number) && String(number) === literal ? number : undefined;
}
