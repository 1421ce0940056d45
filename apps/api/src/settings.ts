import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { faultWords, RESERVED_ROLES } from '@licet/contract';
import { z } from 'zod';
import { isLoopback } from './http/public-address.ts';

// An address or a network of IPv4 or IPv6; the library that matches them says what is wrong with one that is not.
const ADDRESSES = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F]*:[\da-fA-F:.]*)(?:\/\d{1,3})?$/;

const DAYS = z.coerce.number().int().min(1).max(36_500);

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
    .describe(
      'The address users and applications see, where a proxy stands before it. Passkeys are made for its host name, and lost with it.',
    ),
  LICET_TRUST_PROXY: z
    .string()
    .refine(
      (text) => text.split(',').every((part) => ADDRESSES.test(part.trim())),
      'name addresses or networks, such as `10.0.0.0/8, 127.0.0.1`',
    )
    .optional()
    .describe('Addresses or networks of proxies whose `X-Forwarded-For` is believed. Absent: nobody’s is.'),
  LICET_TLS_CERT: z
    .string()
    .optional()
    .describe('A file with the certificate chain (PEM), to serve HTTPS without a proxy; with `LICET_TLS_KEY`.'),
  LICET_TLS_KEY: z.string().optional().describe('The file with its private key (PEM), which only the owner may read.'),
  LICET_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(60)
    .max(10_000_000)
    .default(6000)
    .describe('How many requests one API key, one session or one address may make in a minute at the admin API and the replica routes.'),
  LICET_STREAMS_PER_KEY: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(200)
    .describe(
      'How many processes may follow changes with one API key, in each api process. Further ones ask every few seconds instead, and have an edit in force as much later.',
    ),
  LICET_SECRET: z
    .string()
    .min(32, 'use at least 32 random characters')
    .optional()
    .describe(
      'Seals the secrets of authenticator apps in the database, and what a browser carries to an identity provider; signs the tokens of search pages. At least 32 random characters. Absent: made on the first start, in the data directory; processes that share a database need the same.',
    ),
  LICET_SECRET_PREVIOUS: z
    .string()
    .min(32, 'use the secret that was used before')
    .optional()
    .describe(
      'The `LICET_SECRET` from before, or what the file `secret` holds, while it is being replaced: it opens what it sealed, which a start seals anew with the present one. Then leave it out.',
    ),
  LICET_SECOND_FACTOR: z
    .enum(['optional', 'required'])
    .default('optional')
    .describe(
      '`required`: an operator with a password can do nothing but set up an authenticator app or a passkey until there is one. Operators without a password come through the identity provider, which asks as it is told to.',
    ),
  LICET_OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine((url) => !/[?#@]/.test(url), 'leave out what begins with `?` or `#`, and credentials')
    .optional()
    .describe(
      'An OpenID Connect provider that operators may sign in with, exactly as it names itself; with the next two. Its redirect URI is `LICET_PUBLIC_URL` and `/api/v1/session/oidc/callback`.',
    ),
  LICET_OIDC_CLIENT_ID: z.string().optional().describe('What the provider calls this Licet.'),
  LICET_OIDC_CLIENT_SECRET: z.string().optional().describe('The secret that the provider gave for it.'),
  LICET_OIDC_LABEL: z.string().max(40).optional().describe('What the button at sign-in calls the provider. Absent: its host.'),
  LICET_OIDC_SCOPES: z
    .string()
    .regex(/^[\w.:/-]+( [\w.:/-]+)*$/, 'name scopes with one space between them')
    .default('openid')
    .describe('The scopes to ask for, such as `openid groups`.'),
  LICET_OIDC_ROLES: z
    .string()
    .optional()
    .describe(
      'Which values of which claim give which console role, such as `{"groups":{"licet-admins":"licet.owner"}}`; they are looked at, and roles given and taken, at each sign-in. Absent: no claim gives any.',
    ),
  LICET_OIDC_DEMAND: z
    .string()
    .optional()
    .describe(
      'Which values of which claims a sign-in must have one of, such as `{"amr":["mfa"]}`, where the provider says so that it asked for a second factor; values of `acr` are asked for there as well. Absent: none.',
    ),
  LICET_DECISION_LOG: z.enum(['on', 'off']).default('on').describe('Whether decisions are logged.'),
  LICET_DECISION_DAYS: DAYS.optional().describe(
    'How many days decisions are kept; older ones are deleted, in small steps. Absent: they are kept.',
  ),
  LICET_LOG: z
    .enum(['text', 'json'])
    .default('text')
    .describe('The form of the server’s output: `text` for a terminal; `json` for one object a line, security events among them.'),
  LICET_LOG_RECORDS: z
    .enum(['audit', 'decisions', 'audit,decisions'])
    .optional()
    .describe(
      'What goes to the output as well, with `LICET_LOG=json`, for what collects it: `audit` (the entries of the audit trail), `decisions` (those of the decision log) or `audit,decisions`. They say who did what, and what is kept of people.',
    ),
  LICET_SECURITY_EVENT_DAYS: DAYS.default(90).describe(
    'How many days security events are kept for the console. What is to be kept longer belongs where `LICET_LOG=json` is read.',
  ),
});

export interface ApiSettings {
  port: number;
  host: string;
  dataDir: string;
  databaseUrl: string | undefined;
  publicUrl: string;
  decisionLog: boolean;
  /** Whose `X-Forwarded-For` is believed. */
  trustProxy: string[] | false;
  /** The PEM files for HTTPS. */
  tls: { cert: string; key: string } | undefined;
  requestsPerMinute: number;
  streamsPerKey: number;
  /** The form of the server's output. Absent: text. */
  log?: 'text' | 'json';
  /** The records that go to the output as well. Absent: none. */
  logRecords?: readonly string[];
  securityEventDays?: number;
  /** Absent: decisions are kept for ever. */
  decisionDays?: number | undefined;
  /** Whether operators with a password need a second factor. Absent: they may have one. */
  secondFactor?: 'optional' | 'required';
  secret?: string | undefined;
  secretPrevious?: string | undefined;
  oidc?: OidcSettings | undefined;
}

/** The identity provider that operators may sign in with. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  label: string;
  scopes: string;
  /** By claim and value, the console role that it gives. */
  roles: Record<string, Record<string, string>>;
  /** By claim, the values of which a sign-in must have one. */
  demand: Record<string, string[]>;
}

/** Reads the settings; a wrong one ends the start with a sentence that names it. */
export function readSettings(env: Record<string, string | undefined>): ApiSettings {
  const known = Object.fromEntries(Object.keys(Settings.shape).map((name) => [name, env[name]?.trim() || undefined]));
  const parsed = Settings.safeParse(known, { error: faultWords });
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`).join('\n'));
  }
  const unknown = Object.keys(env).filter((name) => name.startsWith('LICET_') && !(name in Settings.shape) && !CLIENT_SETTINGS.has(name));
  if (unknown.length > 0) throw new Error(`unknown setting ${unknown.join(', ')}; known are ${Object.keys(Settings.shape).join(', ')}`);
  const value = parsed.data;
  if (value.LICET_LOG_RECORDS && value.LICET_LOG !== 'json') throw new Error('LICET_LOG_RECORDS: records are written with LICET_LOG=json only');
  const tls = tlsOf(value);
  const publicUrl = (value.LICET_PUBLIC_URL ?? `${tls ? 'https' : 'http'}://localhost:${value.LICET_PORT}`).replace(/\/$/, '');
  return {
    port: value.LICET_PORT,
    host: value.LICET_HOST,
    dataDir: resolve(value.LICET_DATA_DIR),
    databaseUrl: value.LICET_DATABASE_URL,
    publicUrl,
    decisionLog: value.LICET_DECISION_LOG === 'on',
    trustProxy: value.LICET_TRUST_PROXY?.split(',').map((part) => part.trim()) ?? false,
    tls,
    requestsPerMinute: value.LICET_REQUESTS_PER_MINUTE,
    streamsPerKey: value.LICET_STREAMS_PER_KEY,
    log: value.LICET_LOG,
    logRecords: value.LICET_LOG_RECORDS?.split(',') ?? [],
    securityEventDays: value.LICET_SECURITY_EVENT_DAYS,
    decisionDays: value.LICET_DECISION_DAYS,
    secondFactor: value.LICET_SECOND_FACTOR,
    secret: value.LICET_SECRET,
    secretPrevious: value.LICET_SECRET_PREVIOUS,
    oidc: oidcOf(value, publicUrl),
  };
}

function oidcOf(value: z.infer<typeof Settings>, publicUrl: string): OidcSettings | undefined {
  const { LICET_OIDC_ISSUER: issuer, LICET_OIDC_CLIENT_ID: clientId, LICET_OIDC_CLIENT_SECRET: clientSecret } = value;
  const all = [issuer, clientId, clientSecret];
  if (all.every((each) => each === undefined)) {
    for (const name of ['LICET_OIDC_ROLES', 'LICET_OIDC_DEMAND'] as const) {
      if (value[name]) throw new Error(`${name}: there is no provider; give LICET_OIDC_ISSUER as well`);
    }
    return undefined;
  }
  if (!issuer || !clientId || !clientSecret) {
    throw new Error('LICET_OIDC_ISSUER, LICET_OIDC_CLIENT_ID and LICET_OIDC_CLIENT_SECRET: give all three, or none');
  }
  for (const [name, url] of [
    ['LICET_OIDC_ISSUER', new URL(issuer)],
    ['LICET_PUBLIC_URL', new URL(publicUrl)],
  ] as const) {
    if (url.protocol !== 'https:' && !isLoopback(url)) throw new Error(`${name}: sign-in with a provider needs https there`);
  }
  const scopes = value.LICET_OIDC_SCOPES.split(' ');
  return {
    ...{ issuer, clientId, clientSecret, label: value.LICET_OIDC_LABEL ?? new URL(issuer).host },
    ...{ scopes: [...new Set(['openid', ...scopes])].join(' '), roles: rolesOf(value.LICET_OIDC_ROLES) },
    demand: demandOf(value.LICET_OIDC_DEMAND),
  };
}

const Roles = z.record(z.string(), z.record(z.string(), z.enum(Object.keys(RESERVED_ROLES))));

function rolesOf(text = '{}'): OidcSettings['roles'] {
  const parsed = Roles.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const example = '{"groups":{"licet-admins":"licet.owner"}}';
  throw new Error(`LICET_OIDC_ROLES: write JSON such as ${example}; the roles are ${Object.keys(RESERVED_ROLES).join(', ')}`);
}

// A value of `acr` with a space in it could not be asked for.
const Demand = z.record(z.string().min(1), z.array(z.string().regex(/^\S+$/)).min(1));

function demandOf(text = '{}'): OidcSettings['demand'] {
  const parsed = Demand.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new Error('LICET_OIDC_DEMAND: write JSON such as {"amr":["mfa"]}, with one value at least for each claim, none with a space in it');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tlsOf({ LICET_TLS_CERT: cert, LICET_TLS_KEY: key }: z.infer<typeof Settings>): ApiSettings['tls'] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new Error('LICET_TLS_CERT and LICET_TLS_KEY: give both, or neither');
  // On Windows the mode says nothing.
  if (process.platform !== 'win32' && (statSync(key).mode & 0o077) !== 0) {
    throw new Error(`LICET_TLS_KEY: others may read ${key}; let only its owner do so (chmod 600)`);
  }
  return { cert: resolve(cert), key: resolve(key) };
}

// Settings of applications and tools, which may stand in the same environment.
const CLIENT_SETTINGS = new Set(
  [
    'URL',
    'API_KEY',
    'NAME',
    'MODE',
    'MAX_STALENESS',
    'TIMEOUT',
    'SNAPSHOT_PATH',
    'CONTACT',
    'CHROMIUM',
    'PYTHON',
    'PDP_PORT',
    'WORKERS',
  ].map((name) => `LICET_${name}`),
);
