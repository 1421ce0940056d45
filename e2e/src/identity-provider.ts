import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';

const CLIENT = { id: 'licet', secret: randomBytes(24).toString('base64url') };
const PAGE = (query: string) =>
  `<!doctype html><title>Test provider</title><h1>Who are you?</h1><form action="${query}"><label>Subject <input name="subject"></label> <button>Go on</button></form>`;

/** `oidc-provider`, the certified one, with a page that believes whatever name is typed. */
export class IdentityProvider {
  readonly issuer: string;
  private readonly server: Server;
  private provider: Provider | undefined;

  private constructor(server: Server) {
    this.server = server;
    const address = server.address();
    this.issuer = `http://localhost:${typeof address === 'object' && address ? address.port : 0}`;
  }

  static async start(): Promise<IdentityProvider> {
    const later: { it?: IdentityProvider } = {};
    const server = createServer((request, response) => later.it?.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return (later.it = new IdentityProvider(server));
  }

  /** The settings with which an api asks here. */
  get settings(): Record<string, string> {
    const client = { LICET_OIDC_CLIENT_ID: CLIENT.id, LICET_OIDC_CLIENT_SECRET: CLIENT.secret };
    return { LICET_OIDC_ISSUER: this.issuer, LICET_OIDC_LABEL: 'Test provider', ...client };
  }

  /** Registers the api, which has an address only once it runs. */
  register(url: string): void {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const kept = ['AccessToken', 'AuthorizationCode', 'Grant', 'IdToken', 'Interaction', 'Session'];
    this.provider = new Provider(this.issuer, {
      ttl: Object.fromEntries(kept.map((name) => [name, 600])),
      clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [`${url}/api/v1/session/oidc/callback`] }],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] },
      cookies: { keys: [randomBytes(24).toString('base64url')] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    });
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.issuer);
    if (!url.pathname.startsWith('/interaction/')) return this.provider?.callback()(request, response);
    const subject = url.searchParams.get('subject');
    if (subject) void this.interact(subject, request, response);
    else response.setHeader('content-type', 'text/html').end(PAGE(url.pathname));
  }

  private async interact(accountId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const provider = this.provider!;
    const { params } = await provider.interactionDetails(request, response);
    const grant = new provider.Grant({ accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId: await grant.save() } });
  }
}
