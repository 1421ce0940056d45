import { ConfigError } from './errors.ts';
import { httpFetcher, type Fetcher } from './fetcher.ts';
import { TIMING, type Timing } from './timing.ts';

/** Where questions are decided: `local`, in this process from a replica; `remote`, by the decision point behind `url`. */
export type Mode = 'local' | 'remote';

export interface LicetOptions<M extends Mode = Mode> {
  /** The control plane; LICET_URL if left out. */
  url?: string | URL | undefined;
  /** `lct_...`; LICET_API_KEY if left out. */
  apiKey?: string | undefined;
  /** `local` if left out. */
  mode?: M | undefined;
  /** What this application is called in the console; LICET_NAME, or the name of its npm package, if left out. */
  name?: string | undefined;
  /** Deny, with reason `stale`, once the policy has not been known to be the newest for so many ms. Without it answers go on. */
  maxStalenessMs?: number | undefined;
  /** A file that keeps the policy, so that this application can start while the control plane is away. */
  snapshotPath?: string | undefined;
  /** Whether local decisions are uploaded to the decision log; they are if left out. */
  decisionLog?: boolean | undefined;
  /** How long an answer of the control plane may take, in ms: 10,000 if left out, 2,000 in remote mode. */
  timeoutMs?: number | undefined;
  /** For tests: what stands in place of the network. `url` and `apiKey` are not needed then. */
  fetcher?: Fetcher | undefined;
  /** For tests and unusual networks. */
  timing?: { [Name in keyof Timing]?: Timing[Name] | undefined } | undefined;
  /** For tests: ms from any beginning, never set back. */
  clock?: (() => number) | undefined;
}

export interface Settings {
  url: string;
  mode: Mode;
  name: string;
  maxStalenessMs: number | undefined;
  snapshotPath: string | undefined;
  decisionLog: boolean;
  fetcher: Fetcher;
  timing: Timing;
  clock: () => number;
}

const REMOTE_TIMEOUT_MS = 2_000;

/** So many ms a timer of Node can wait at most. */
const LONGEST_MS = 2 ** 31 - 1;

/** @throws ConfigError naming the setting that is missing or wrong */
export function readSettings(options: LicetOptions, env: Record<string, string | undefined> = process.env): Settings {
  const mode = options.mode ?? 'local';
  if (mode !== 'local' && mode !== 'remote') throw new ConfigError('`mode` must be `local` or `remote`');
  const url = (options.url instanceof URL ? String(options.url) : (text('url', options.url) ?? env['LICET_URL'] ?? '')).trim();
  const name = text('name', options.name) ?? env['LICET_NAME'] ?? env['npm_package_name'] ?? 'node';
  const given = Object.fromEntries(Object.entries(options.timing ?? {}).filter(([, ms]) => ms !== undefined)) as Partial<Timing>;
  const timing = { ...TIMING, ...(mode === 'remote' ? { timeoutMs: REMOTE_TIMEOUT_MS } : {}), ...given };
  timing.timeoutMs = Math.ceil(milliseconds('timeoutMs', options.timeoutMs, LONGEST_MS) ?? timing.timeoutMs);
  return {
    url,
    mode,
    name: name.slice(0, 128) || 'node',
    maxStalenessMs: milliseconds('maxStalenessMs', options.maxStalenessMs),
    snapshotPath: text('snapshotPath', options.snapshotPath),
    decisionLog: options.decisionLog ?? true,
    fetcher: options.fetcher ?? networkFetcher(url, options, env),
    timing,
    clock: options.clock ?? (() => performance.now()),
  };
}

function text(setting: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new ConfigError(`\`${setting}\` must be a text`);
}

function milliseconds(setting: string, value: unknown, most = Infinity): number | undefined {
  if (value === undefined || (typeof value === 'number' && value > 0 && value <= most)) return value;
  throw new ConfigError(`\`${setting}\` must be a number of ms above 0${most === Infinity ? '' : `, ${most} at most`}`);
}

function networkFetcher(url: string, options: LicetOptions, env: Record<string, string | undefined>): Fetcher {
  const apiKey = (text('apiKey', options.apiKey) ?? env['LICET_API_KEY'] ?? '').trim();
  if (url === '') throw new ConfigError('set LICET_URL to the address of the control plane, such as `http://localhost:4000`');
  if (apiKey === '') throw new ConfigError('set LICET_API_KEY to an API key; an operator makes one in the console under Apps & keys');
  return httpFetcher(url, apiKey);
}
