// Writes the migrations for what changed in the entities, for both dialects, under the same name:
//   npm run migration -w @licet/api -- <verb-noun>
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '../../test/postgres.ts';
import { type Dialect, openPart } from './orm.ts';

const name = process.argv[2];
if (!name || !/^[a-z]+(-[a-z]+)*$/.test(name)) throw new Error('say what the migration does, as `add-note-to-roles`');
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const postgres = await startPostgres();
try {
  for (const part of ['policy', 'log'] as const) {
    for (const dialect of ['sqlite', 'postgres'] as const) await create(part, dialect);
  }
} finally {
  await postgres.stop();
}

async function create(part: 'policy' | 'log', dialect: Dialect): Promise<void> {
  const folder = join(import.meta.dirname, '../../src/migrations', part === 'policy' ? dialect : `${dialect}-log`);
  const databaseUrl = dialect === 'postgres' ? await postgres.createDatabase() : undefined;
  const orm = await openPart(part, dialect, { dataDir: ':memory:', databaseUrl }, folder);
  if (readdirSync(folder).some((file) => file.endsWith('.ts'))) await orm.migrator.up();
  const up = (await orm.schema.getUpdateSchemaSQL({ wrap: false }))
    .split(/;\s*\n/)
    .map((line) => line.trim().replace(/;$/, ''))
    .filter(Boolean);
  await orm.close(true);
  if (up.length === 0) return;
  const file = `${stamp}-${name}`;
  const lines = up.map((line) => `    this.addSql(${JSON.stringify(line)});`).join('\n');
  const text = `import { Migration } from '@mikro-orm/migrations';\n\nexport class Migration${stamp} extends Migration {\n  override up(): void {\n${lines}\n  }\n}\n`;
  writeFileSync(join(folder, `${file}.ts`), text);
  process.stdout.write(`${part} ${dialect}: ${up.length} statements in ${file}.ts\n`);
}
