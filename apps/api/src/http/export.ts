import { Readable } from 'node:stream';
import { type CollectionSpec, ExportQuery } from '@licet/contract';
import { StreamableFile } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import type { Dialect, EntityManager } from '../database/orm.ts';
import type { Row } from '../database/rows.ts';
import type { Reach } from '../access/reach.service.ts';
import { type Collection, demandKnown, everyRow } from './collection.ts';
import { parse } from './input.ts';

const MEDIA = { jsonl: 'application/jsonl; charset=utf-8', csv: 'text/csv; charset=utf-8; header=present' };

/**
 * All rows that a list would find, as a file: a line of JSON for each, or CSV (RFC 4180) for spreadsheets. It is written as fast as it is read;
 * what goes wrong on the way cuts it off, so that it does not pass for whole.
 */
export async function exportRows<E extends object>(
  collection: Collection<E>,
  em: () => EntityManager,
  dialect: Dialect,
  query: Row,
  reach?: Reach,
): Promise<StreamableFile> {
  const { q, format } = parse(ExportQuery, query);
  demandKnown(query, collection.spec, ExportQuery);
  const pages = everyRow(collection, em, dialect, query, q, reach);
  // Before anything is sent: there is no way to refuse what has begun.
  const first = await pages.next();
  const write = format === 'csv' ? csv(collection.spec) : lines;
  async function* texts() {
    if (!first.done) yield write(first.value);
    for await (const rows of pages) yield write(rows);
  }
  const name = `licet-${collection.name}-${new Date().toISOString().slice(0, 10)}.${format}`;
  // By bytes and not by pages, or a reader that is slow would have many of them wait for it.
  const stream = Readable.from(texts(), { objectMode: false });
  return new StreamableFile(stream, { type: MEDIA[format], disposition: `attachment; filename="${name}"` });
}

function lines(rows: readonly Row[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Spreadsheets take what begins with `=` and the like for a formula: such text gets a `'` before it. */
function csv({ row: { shape } }: CollectionSpec): (rows: readonly Row[]) => string {
  const columns = Object.keys(shape);
  let begun = false;
  return (rows) => {
    const cells = rows.map((row) => columns.map((name) => cell(row[name])));
    const options = { header: !begun, bom: !begun, columns, escape_formulas: true, record_delimiter: 'windows' };
    begun = true;
    return stringify(cells, options);
  };
}

function cell(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
}
