import { BlockList, isIP } from 'node:net';
import { ConfigError, FetchError, isError, messageOf } from './errors.ts';
import { SDK } from './version.ts';

/**
 * What a Licet needs of the network: the control plane's answer to a request. Everything that passes between the two goes through this
 * one function, so a test can put a control plane in memory in its place (see `MemoryControlPlane` in `@licet/sdk-node/testing`).
 * @param path begins with a slash, such as `/replica/v1/snapshot`
 * @returns the answer, whatever its status; the body of a stream goes on until `signal` aborts
 * @throws FetchError where there is no answer
 */
export type Fetcher = (path: string, request: FetcherRequest) => Promise<Response>;

export interface FetcherRequest {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

/**
 * The Fetcher that applications use, on the built-in fetch. The API key goes to one origin only: redirects are not followed.
 * @param url the control plane, such as `https://licet.example.com`
 * @throws ConfigError where the URL or the key cannot be one
 */
export function httpFetcher(url: string, apiKey: string): Fetcher {
  const base = baseUrl(url);
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new ConfigError('LICET_API_KEY has a character that no API key has; copy it again');
  warnWhereReadable(base);
  const always = { authorization: `Bearer ${apiKey}`, 'user-agent': `licet-${SDK.replace(' ', '/')}` };
  return async (path, request) => {
    const send = () => fetch(base + path, { ...request, headers: { ...request.headers, ...always }, redirect: 'manual' });
    let answer: Response;
    try {
      // Whatever is sent may be sent again: a question, a report, an upload whose parts have ids, a write that says what is to be.
      answer = await send().catch((error: unknown) => (wasClosed(error) ? send() : Promise.reject(error as Error)));
    } catch (error) {
      if (error instanceof FetchError) throw error; // the reason that the caller gave for ending it
      throw new FetchError(`cannot reach ${base}: ${reasonOf(error)}`, { cause: error });
    }
    if (answer.status >= 300 && answer.status < 400 && answer.status !== 304) {
      await answer.body?.cancel();
      const to = answer.headers.get('location') ?? 'somewhere else';
      const remedy = 'a redirect is not followed with an API key; set LICET_URL to where the control plane is';
      throw new FetchError(`${base} redirects to ${to}: ${remedy}`, { status: answer.status });
    }
    return answer;
  };
}

function baseUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.search !== '' || parsed.hash !== '') {
    const form = 'an http or https URL without user, query and fragment, such as `https://licet.example.com`';
    throw new ConfigError(`LICET_URL must be the address of the control plane, ${form}`);
  }
  return parsed.href.replace(/\/+$/, '');
}

/** Says once for each address that what goes there can be read on the way: the API key among it. */
function warnWhereReadable(base: string): void {
  if (warned.has(base) || !base.startsWith('http:') || isNear(new URL(base).hostname)) return;
  warned.add(base);
  const remedy = 'set LICET_URL to an https address, or keep both in a network of their own';
  process.emitWarning(`the API key and the policy pass unencrypted between this process and ${base}: ${remedy}`, 'LicetWarning');
}

const warned = new Set<string>();
/** Addresses of this machine and of private networks (RFC 1918, 3927, 4193, 4291, 6598). */
const PRIVATE = new BlockList();
const V4 = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];
for (const net of [...V4, '::1/128', 'fc00::/7', 'fe80::/10']) {
  const [address = '', bits] = net.split('/');
  PRIVATE.addSubnet(address, Number(bits), family(address));
}

/** Whether a host is this machine or in a network of its own: by its address, or by a name that no public name server knows (RFC 6761, 6762). */
function isNear(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return PRIVATE.check(host, family(host));
  return !host.includes('.') || /\.(localhost|local|internal|test)\.?$/.test(host);
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Whether a kept connection turned out to be closed, as the other side may at any time. */
function wasClosed(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

/** fetch says no more than "fetch failed": the reason stands in its cause, and with two addresses in the causes of that. */
function reasonOf(error: unknown): string {
  let reason = error;
  while (isError(reason) && isError(reason.cause)) reason = reason.cause;
  const { errors } = reason as { errors?: unknown };
  return Array.isArray(errors) && errors.length > 0 ? errors.map(messageOf).join(', ') : messageOf(reason);
}
