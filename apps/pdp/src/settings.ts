import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { faultWords } from '@licet/contract';
import { z } from 'zod';

const MOST_WORKERS = 128;
const HTTP_URL = z.url({ protocol: /^https?$/ }).refine((url) => !/[?#]/.test(url), 'leave out what begins with `?` or `#`');
const missing = (what: string) => (issue: { input?: unknown }) => (issue.input === undefined ? what : undefined);

/** Every setting of a standalone decision point: environment variables with one prefix, read once, here. */
export const Settings = z.object({
  LICET_URL: z
    .url({ protocol: /^https?$/, error: missing('set it to the address of the control plane, such as `http://localhost:4000`') })
    .describe('The control plane. Must be set.'),
  LICET_API_KEY: z
    .string({
      error: missing('set it to an API key with the role `licet.decision-point`; an operator makes one in the console under Apps & keys'),
    })
    .describe("This decision point's own API key, with the role `licet.decision-point`. Must be set."),
  LICET_NAME: z.string().max(128).default('pdp').describe('What it is called in the console.'),
  LICET_PDP_PORT: z.coerce.number().int().min(0).max(65535).default(4001).describe('The port to listen on; 0 takes a free one.'),
  LICET_HOST: z.string().default('127.0.0.1').describe('The address to listen on; `0.0.0.0` for all, behind a TLS proxy.'),
  LICET_PUBLIC_URL: HTTP_URL.optional().describe('The address that applications see, where a proxy stands before it.'),
  LICET_WORKERS: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_WORKERS)
    .optional()
    .describe('How many processes answer, each with a replica of its own. Absent: one for each core.'),
  LICET_SNAPSHOT_PATH: z
    .string()
    .optional()
    .describe('A file that keeps the policy, and beside it one with the hashes of API keys: to start while the control plane is away.'),
  LICET_MAX_STALENESS: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Seconds since policy and keys were last known to be the newest, after which every answer is a denial. Absent: answers go on.'),
  LICET_DECISION_LOG: z.enum(['on', 'off']).default('on').describe('Whether decisions are uploaded to the decision log.'),
});

export interface PdpSettings {
  url: string;
  apiKey: string;
  name: string;
  port: number;
  host: string;
  publicUrl: string;
  workers: number;
  snapshotPath: string | undefined;
  maxStalenessMs: number | undefined;
  decisionLog: boolean;
}

/** Reads the settings; a wrong one ends the start with a sentence that names it. */
export function readSettings(env: Record<string, string | undefined>): PdpSettings {
  const known = Object.fromEntries(Object.keys(Settings.shape).map((name) => [name, env[name]?.trim() || undefined]));
  const parsed = Settings.safeParse(known, { error: faultWords });
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`).join('\n'));
  }
  const unknown = Object.keys(env).filter((name) => name.startsWith('LICET_') && !(name in Settings.shape) && !OTHERS.has(name));
  if (unknown.length > 0) throw new Error(`unknown setting ${unknown.join(', ')}; known are ${Object.keys(Settings.shape).join(', ')}`);
  const value = parsed.data;
  return {
    url: value.LICET_URL,
    apiKey: value.LICET_API_KEY,
    name: value.LICET_NAME,
    port: value.LICET_PDP_PORT,
    host: value.LICET_HOST,
    publicUrl: (value.LICET_PUBLIC_URL ?? `http://localhost:${value.LICET_PDP_PORT}`).replace(/\/$/, ''),
    workers: value.LICET_WORKERS ?? Math.min(MOST_WORKERS, availableParallelism()),
    snapshotPath: value.LICET_SNAPSHOT_PATH === undefined ? undefined : resolve(value.LICET_SNAPSHOT_PATH),
    maxStalenessMs: value.LICET_MAX_STALENESS === undefined ? undefined : value.LICET_MAX_STALENESS * 1000,
    decisionLog: value.LICET_DECISION_LOG === 'on',
  };
}

// Settings of the control plane, of applications and of tools, which may stand in the same environment.
const OTHERS = new Set(
  [
    ...['PORT', 'DATA_DIR', 'DATABASE_URL', 'TRUST_PROXY', 'TLS_CERT', 'TLS_KEY', 'REQUESTS_PER_MINUTE', 'STREAMS_PER_KEY'],
    ...['SECRET', 'SECRET_PREVIOUS'],
    ...['SECOND_FACTOR', 'OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_LABEL', 'OIDC_SCOPES', 'OIDC_ROLES', 'OIDC_DEMAND'],
    ...['DECISION_DAYS', 'LOG', 'LOG_RECORDS', 'SECURITY_EVENT_DAYS'],
    ...['MODE', 'TIMEOUT', 'CONTACT', 'CHROMIUM', 'PYTHON', 'WORKER'],
  ].map((name) => `LICET_${name}`),
);
