import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import type { OidcSettings } from '../src/settings.ts';

export const CLIENT = { id: 'licet', secret: randomBytes(24).toString('base64url') };

interface Listening {
  issuer: string;
  /** What `LICET_OIDC_...` would say. */
  settings: OidcSettings;
  stop(): Promise<void>;
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void, port = 0): Promise<Listening> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const common = { clientId: CLIENT.id, clientSecret: CLIENT.secret, scopes: 'openid', roles: {}, demand: {} };
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { issuer, settings: { issuer, label: 'Test provider', ...common }, stop };
}

export interface RealProvider extends Listening {
  /** Who sits before the browser, with what the provider says about them; `denies` sends the browser back without. */
  who: { subject: string; claims?: object; denies?: boolean };
}

// The same one when it is started again, as at a real provider.
const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });

type Payload = Record<string, unknown> & { uid?: string; grantId?: string };

/** What `oidc-provider` keeps, for as long as the test runs. */
class Kept {
  readonly #rows = new Map<string, Payload>();

  upsert(id: string, payload: Payload) {
    this.#rows.set(id, payload);
    return Promise.resolve();
  }
  find(id: string) {
    return Promise.resolve(this.#rows.get(id));
  }
  findByUid(uid: string) {
    return Promise.resolve([...this.#rows.values()].find((row) => row.uid === uid));
  }
  consume(id: string) {
    return this.upsert(id, { ...this.#rows.get(id), consumed: Math.floor(Date.now() / 1000) });
  }
  destroy(id: string) {
    this.#rows.delete(id);
    return Promise.resolve();
  }
  revokeByGrantId(grantId: string) {
    for (const [id, row] of this.#rows) if (row.grantId === grantId) this.#rows.delete(id);
    return Promise.resolve();
  }
}

/** `oidc-provider`, the certified one, with a page for sign-in that asks nothing. */
export async function startProvider(redirectUri: string, port = 0): Promise<RealProvider> {
  const later: { provider?: Provider } = {};
  const listening = await serve((request, response) => {
    if (request.url?.startsWith('/interaction/')) void interact(request, response);
    else later.provider?.callback()(request, response);
  }, port);
  const real: RealProvider = { ...listening, who: { subject: 'nobody' } };
  const provider = (later.provider = new Provider(real.issuer, {
    adapter: Kept,
    ttl: Object.fromEntries(['AccessToken', 'AuthorizationCode', 'Grant', 'IdToken', 'Interaction', 'Session'].map((name) => [name, 600])),
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri] }],
    jwks: { keys: [{ ...KEYS.privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    claims: { openid: ['sub', 'name', 'email', 'email_verified', 'preferred_username', 'groups'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId, ...real.who.claims }) }),
  }));
  const interact = async (request: IncomingMessage, response: ServerResponse) => {
    const { subject, denies } = real.who;
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId: subject, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const given = denies ? { error: 'access_denied' } : { login: { accountId: subject }, consent: { grantId: await grant.save() } };
    await provider.interactionFinished(request, response, given);
  };
  return real;
}

export interface SpoiltProvider extends Listening {
  key: KeyObject;
  /** What the token endpoint gives; and what stands in its place, or in the metadata. */
  idToken: string;
  answers: Record<string, (response: ServerResponse) => void>;
  metadata: object;
  /** The paths that were asked. */
  asked: string[];
}

/** A provider that says whatever a test wants it to say. */
export async function startSpoiltProvider(): Promise<SpoiltProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const listening = await serve((request, response) => {
    const path = (request.url ?? '').split('?')[0]!;
    spoilt.asked.push(path);
    const { issuer } = spoilt;
    const json = (body: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (spoilt.answers[path]) return spoilt.answers[path](response);
    if (path === '/.well-known/openid-configuration') {
      const endpoints = { authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` };
      return json({ issuer, ...endpoints, ...spoilt.metadata });
    }
    if (path === '/jwks') return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] });
    if (path === '/token') return json({ access_token: 'a', token_type: 'bearer', id_token: spoilt.idToken });
    return response.writeHead(404).end();
  });
  const spoilt: SpoiltProvider = { ...listening, key: privateKey, idToken: '', answers: {}, metadata: {}, asked: [] };
  return spoilt;
}

/** A JSON web token, signed as its header says: with an RSA key, a secret, or not at all. */
export function jwt(header: { alg: string; kid?: string }, claims: object, key: KeyObject | string): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = () => {
    if (header.alg === 'none') return '';
    return typeof key === 'string' ? createHmac('sha256', key).update(text).digest('base64url') : sign('sha256', Buffer.from(text), key).toString('base64url');
  };
  return `${text}.${signature()}`;
}
