import { request as requestInClear, type RequestOptions } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { isIP } from 'node:net';
import type { CustomFetch, CustomFetchOptions } from 'openid-client';
import { isPublicAddress, lookupPublic } from '../http/public-address.ts';

const MOST_BYTES = 512 * 1024;

/**
 * Requests to an identity provider, and to nothing else. Its own host was chosen by whoever set it up and may be a private one; any other
 * that its metadata names must have a public address, or it could send us wherever it liked. HTTPS only, unless the provider is on this
 * machine; no redirect is followed, and answers have an end.
 */
export function fetchOf(issuer: URL): CustomFetch {
  return async (address, options) => {
    const url = new URL(address);
    const own = url.host === issuer.host && url.protocol === issuer.protocol;
    if (!own && url.protocol !== 'https:') throw new Error(`${url.host}: only https is asked there`);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!own && isIP(host) && !isPublicAddress(host)) throw new Error(`${url.host} is no public address`);
    const { status, type, body } = await send(url, options, own ? {} : { lookup: lookupPublic });
    return new Response(EMPTY.has(status) ? null : body, { status, headers: { 'content-type': type } });
  };
}

/** Statuses that a Response has no body with. */
const EMPTY = new Set([204, 205, 304]);

function send(url: URL, { method, headers, body, signal }: CustomFetchOptions, pinned: RequestOptions): Promise<Answer> {
  const open = url.protocol === 'https:' ? requestOverTls : requestInClear;
  return new Promise((resolve, reject) => {
    const options = { ...pinned, method, headers: { ...headers }, agent: false, ...(signal ? { signal } : {}) };
    const request = open(url, options, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_BYTES) answer.destroy(new Error(`${url.host} answered with more than ${MOST_BYTES} bytes`));
      });
      answer.on('error', reject);
      const type = answer.headers['content-type'] ?? '';
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, type, body: Buffer.concat(chunks) }));
    });
    request.on('error', reject);
    request.end(body === undefined || body === null ? undefined : String(body as URLSearchParams | string));
  });
}

interface Answer {
  status: number;
  type: string;
  body: Buffer<ArrayBuffer>;
}
