import { ConfigError } from './errors.ts';
import { httpFetcher, type Fetcher } from './fetcher.ts';
import { TIMING, type Timing } from './timing.ts';

/** Where questions are decided: `local`, in this process from a replica; `remote`, by the decision point behind `url`. */
export type Mode = 'local' | 'remote';

export interface LicetOptions<M extends Mode = Mode> {
  /** The control plane; LICET_URL if left out. */
  url?: string;
  /** `lct_...`; LICET_API_KEY if left out. */
  apiKey?: string;
  /** `local` if left out. */
  mode?: M;
  /** What this application is called in the console; LICET_NAME, or the name of its npm package, if left out. */
  name?: string;
  /** Deny, with reason `stale`, once the policy has not been known to be the newest for so many ms. Without it answers go on. */
  maxStalenessMs?: number;
  /** A file that keeps the policy, so that this application can start while the control plane is away. */
  snapshotPath?: string;
  /** Whether local decisions are uploaded to the decision log; they are if left out. */
  decisionLog?: boolean;
  /** How long an answer of the control plane may take, in ms: 10,000 if left out, 2,000 in remote mode. */
  timeoutMs?: number;
  /** For tests: what stands in place of the network. `url` and `apiKey` are not needed then. */
  fetcher?: Fetcher;
  /** For tests and unusual networks. */
  timing?: Partial<Timing>;
  /** For tests: ms from any beginning, never set back. */
  clock?: () => number;
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

/** @throws ConfigError naming the setting that is missing or wrong */
export function readSettings(options: LicetOptions, env: Record<string, string | undefined> = process.env): Settings {
  const mode = options.mode ?? 'local';
  if (mode !== 'local' && mode !== 'remote') throw new ConfigError('`mode` must be `local` or `remote`');
  const { maxStalenessMs } = options;
  if (maxStalenessMs !== undefined && !(maxStalenessMs > 0)) throw new ConfigError('`maxStalenessMs` must be a number above 0');
  const url = (options.url ?? env['LICET_URL'] ?? '').trim();
  const timing = { ...TIMING, ...options.timing };
  if (mode === 'remote') timing.timeoutMs = options.timing?.timeoutMs ?? REMOTE_TIMEOUT_MS;
  if (options.timeoutMs !== undefined) timing.timeoutMs = options.timeoutMs;
  return {
    url,
    mode,
    name: (options.name ?? env['LICET_NAME'] ?? env['npm_package_name'] ?? 'node').slice(0, 128) || 'node',
    maxStalenessMs,
    snapshotPath: options.snapshotPath,
    decisionLog: options.decisionLog ?? true,
    fetcher: options.fetcher ?? networkFetcher(url, options, env),
    timing,
    clock: options.clock ?? (() => performance.now()),
  };
}

function networkFetcher(url: string, options: LicetOptions, env: Record<string, string | undefined>): Fetcher {
  const apiKey = (options.apiKey ?? env['LICET_API_KEY'] ?? '').trim();
  if (url === '') throw new ConfigError('set LICET_URL to the address of the control plane, such as `http://localhost:4000`');
  if (apiKey === '') throw new ConfigError('set LICET_API_KEY to an API key; an operator makes one in the console under Apps & keys');
  return httpFetcher(url, apiKey);
}
