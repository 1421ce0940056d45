import { isDeepStrictEqual } from 'node:util';
import { LicetError } from '@licet/contract';
import { Inject, Injectable, Logger } from '@nestjs/common';
import * as client from 'openid-client';
import { SETTINGS } from '../database/database.module.ts';
import { isLoopback } from '../http/public-address.ts';
import type { ApiSettings, OidcSettings } from '../settings.ts';
import { fetchOf } from './oidc.fetch.ts';

const TIMEOUT_S = 10;
const KEPT_MS = 3_600_000;
export const CALLBACK = '/api/v1/session/oidc/callback';

/** What a sign-in must come back with. */
export interface Expected {
  state: string;
  nonce: string;
  verifier: string;
  /** So many seconds ago at most must somebody have signed in there. Absent: it does not matter. */
  maxAge?: number;
}

/** Whom the provider says somebody is. */
export interface Identified {
  issuer: string;
  subject: string;
  claims: Readonly<Record<string, unknown>>;
}

/** The texts that a claim says, be they one or a list. */
export function valuesOf(claims: Readonly<Record<string, unknown>>, claim: string): string[] {
  return Object.hasOwn(claims, claim) ? [claims[claim]].flat().filter((value) => typeof value === 'string') : [];
}

/** Why nobody is signed in: the answer of the provider, as the sign-in page is told of it. */
export type Refusal = 'denied' | 'lacking' | 'refused' | 'unavailable';

/** The OpenID Connect provider: authorization code with PKCE and nonce, and ID tokens that are checked in all respects. */
@Injectable()
export class IdentityProvider {
  readonly #logger = new Logger('identity provider');
  #known: { until: number; configuration: Promise<client.Configuration> } | undefined;

  constructor(@Inject(SETTINGS) private readonly settings: ApiSettings) {}

  /** @throws LicetError where no provider is set up */
  get oidc(): OidcSettings {
    if (!this.settings.oidc) throw new LicetError('not_found', 'no identity provider is set up here; see LICET_OIDC_ISSUER in the settings');
    return this.settings.oidc;
  }

  /** Where to send the browser, and what must come back from there. */
  async begin(maxAge?: number): Promise<{ url: string; expected: Expected }> {
    const { scopes, label, demand } = this.oidc;
    const configuration = await this.#configuration().catch((error: unknown) => {
      this.#logger.warn(reasonOf(error));
      throw new LicetError('unavailable', `${label} does not answer as it should; sign in with your password, or try again later`);
    });
    const expected = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
    const url = client.buildAuthorizationUrl(configuration, {
      ...{ redirect_uri: this.#redirectUri, scope: scopes, state: expected.state, nonce: expected.nonce },
      ...{ code_challenge: await client.calculatePKCECodeChallenge(expected.verifier), code_challenge_method: 'S256' },
      ...(maxAge === undefined ? {} : { max_age: String(maxAge) }),
      ...(demand['acr'] ? { acr_values: demand['acr'].join(' ') } : {}),
    });
    return { url: url.href, expected: maxAge === undefined ? expected : { ...expected, maxAge } };
  }

  /** Takes the code that came back to the provider, and checks what it gives for it. */
  async finish(query: string, { state, nonce, verifier, maxAge }: Expected): Promise<Identified | Refusal> {
    const { issuer, clientId } = this.oidc;
    try {
      const url = new URL(this.#redirectUri);
      url.search = query;
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true, ...(maxAge === undefined ? {} : { maxAge }) };
      const claims = (await client.authorizationCodeGrant(await this.#configuration(), url, checks)).claims();
      // The library takes further audiences beside ours; we know of none to trust.
      if (!claims || claims.iss !== issuer || !isDeepStrictEqual([claims.aud].flat(), [clientId])) throw new Error('the ID token is for others too');
      if (!SUBJECT.test(claims.sub)) throw new Error('the subject is not 1 to 255 characters of ASCII');
      const lacking = this.#lacking(claims);
      if (lacking.length === 0) return { issuer: claims.iss, subject: claims.sub, claims };
      this.#logger.warn(`the ID token has none of the values of ${lacking.join(', ')} that LICET_OIDC_DEMAND names`);
      return 'lacking';
    } catch (error) {
      if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied') return 'denied';
      this.#logger.warn(reasonOf(error));
      return isOutage(error) ? 'unavailable' : 'refused';
    }
  }

  /** The claims that a sign-in must have, and this one has not: asking for them (`acr_values`) leaves it to the provider whether it heeds that. */
  #lacking(claims: Readonly<Record<string, unknown>>): string[] {
    const demanded = Object.entries(this.oidc.demand);
    return demanded.filter(([claim, values]) => !valuesOf(claims, claim).some((value) => values.includes(value))).map(([claim]) => claim);
  }

  get #redirectUri(): string {
    return `${this.settings.publicUrl}${CALLBACK}`;
  }

  /** Read when it is first needed: a provider that is down keeps neither the api from starting nor passwords from working. */
  #configuration(): Promise<client.Configuration> {
    if (this.#known && this.#known.until > Date.now()) return this.#known.configuration;
    const configuration = discover(this.oidc);
    const known = (this.#known = { until: Date.now() + KEPT_MS, configuration });
    configuration.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return configuration;
  }
}

const SUBJECT = /^[ -~]{1,255}$/; // OpenID Connect Core 1.0, section 2

async function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<client.Configuration> {
  const server = new URL(issuer);
  const authenticate: client.ClientAuth = (as, ...rest) => {
    const methods = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const method = methods.includes('client_secret_basic') ? client.ClientSecretBasic : client.ClientSecretPost;
    return method(clientSecret)(as, ...rest);
  };
  const configuration = await client.discovery(server, clientId, undefined, authenticate, {
    ...{ [client.customFetch]: fetchOf(server), timeout: TIMEOUT_S },
    // Without the second, the signature of an ID token that came over TLS would not be looked at.
    execute: [...(isLoopback(server) ? [client.allowInsecureRequests] : []), client.enableNonRepudiationChecks],
  });
  const named = configuration.serverMetadata().issuer;
  if (named !== issuer) throw new Error(`the provider names itself ${named}: set LICET_OIDC_ISSUER to exactly that`);
  return configuration;
}

/** No answer at all, or one that says that the provider itself has failed. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof client.ClientError)) return false;
  const { code, cause } = error;
  return code === undefined || code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT' || (cause instanceof Response && cause.status >= 500);
}

/** For the log: what was wrong, without what was sent. */
function reasonOf(error: unknown): string {
  const { message, error: said, cause } = error as { message?: string; error?: string; cause?: { message?: unknown } };
  const beneath = typeof cause?.message === 'string' && cause.message;
  return [message, beneath, said && JSON.stringify(said)].filter(Boolean).join(': ');
}
