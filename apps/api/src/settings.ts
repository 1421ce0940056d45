import { resolve } from 'node:path';
import { z } from 'zod';

/** Every setting of the control plane: environment variables with one prefix, read once, here. */
export const Settings = z.object({
  LICET_PORT: z.coerce.number().int().min(0).max(65535).default(4000).describe('The port to listen on; 0 takes a free one.'),
  LICET_HOST: z.string().default('127.0.0.1').describe('The address to listen on; `0.0.0.0` for all, behind a TLS proxy.'),
  LICET_DATA_DIR: z.string().default('./data').describe('Where the embedded SQLite files are kept.'),
  LICET_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'use a URL such as `postgresql://user:password@host:5432/licet`, or leave it out for SQLite')
    .optional()
    .describe('A PostgreSQL database. Absent: SQLite in the data directory.'),
  LICET_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/[?#]/.test(url), 'leave out what begins with `?` or `#`')
    .optional()
    .describe('The address users and applications see, where a proxy stands before it.'),
  LICET_DECISION_LOG: z.enum(['on', 'off']).default('on').describe('Whether decisions are logged.'),
});
export type SettingName = keyof z.infer<typeof Settings>;

export interface ApiSettings {
  port: number;
  host: string;
  dataDir: string;
  databaseUrl: string | undefined;
  publicUrl: string;
  decisionLog: boolean;
}

/** Reads the settings; a wrong one ends the start with a sentence that names it. */
export function readSettings(env: Record<string, string | undefined>): ApiSettings {
  const known = Object.fromEntries(Object.keys(Settings.shape).map((name) => [name, env[name]?.trim() || undefined]));
  const parsed = Settings.safeParse(known);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`).join('\n'));
  }
  const unknown = Object.keys(env).filter((name) => name.startsWith('LICET_') && !(name in Settings.shape) && !CLIENT_SETTINGS.has(name));
  if (unknown.length > 0) throw new Error(`unknown setting ${unknown.join(', ')}; known are ${Object.keys(Settings.shape).join(', ')}`);
  const value = parsed.data;
  return {
    port: value.LICET_PORT,
    host: value.LICET_HOST,
    dataDir: resolve(value.LICET_DATA_DIR),
    databaseUrl: value.LICET_DATABASE_URL,
    publicUrl: (value.LICET_PUBLIC_URL ?? `http://localhost:${value.LICET_PORT}`).replace(/\/$/, ''),
    decisionLog: value.LICET_DECISION_LOG === 'on',
  };
}

// Settings of applications and tools, which may stand in the same environment.
const CLIENT_SETTINGS = new Set(
  ['URL', 'API_KEY', 'NAME', 'MODE', 'MAX_STALENESS', 'TIMEOUT', 'SNAPSHOT_PATH', 'CONTACT', 'CHROMIUM', 'PYTHON', 'PDP_PORT', 'WORKERS'].map(
    (name) => `LICET_${name}`,
  ),
);
