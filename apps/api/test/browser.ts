import { type Answer, PASSWORD, type TestApi } from './api.ts';
import type { RealProvider } from './identity-providers.ts';

/** Cookies of one browser, by origin and name. It follows redirects between the api and an identity provider as a person would. */
export class Browser {
  readonly cookies = new Map<string, string>();
  constructor(private readonly api: TestApi) {}

  /** Asks the api; cookies are taken, and sent unless said otherwise. */
  async ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await this.api.call(method, path, body, { cookie: this.#header(HERE), ...headers });
    this.#take(HERE, [answer.headers['set-cookie'] ?? []].flat());
    return { ...answer, location: answer.headers['location'] };
  }

  /** Goes where the api sent it, up to the address at which the provider sends it back; which is not visited yet. */
  async atProvider(url: string): Promise<string> {
    const back = this.api.settings.publicUrl;
    for (let at = url, steps = 0; steps < 10; steps++) {
      const { origin } = new URL(at);
      const answer = await fetch(at, { redirect: 'manual', headers: { cookie: this.#header(origin) } });
      this.#take(origin, answer.headers.getSetCookie());
      const location = answer.headers.get('location');
      if (!location) throw new Error(`${at} answered ${answer.status}: ${await answer.text()}`);
      at = new URL(location, at).href;
      if (at.startsWith(back)) return at.slice(back.length);
    }
    throw new Error('the provider sends the browser round and round');
  }

  /** A whole way there and back. Returns where the browser ends up. */
  async signIn(body: object = {}, path = '/api/v1/session/oidc'): Promise<string> {
    const started = await this.ask('POST', path, body);
    if (started.status !== 200) throw new Error(`${path}: ${started.status} ${JSON.stringify(started.body)}`);
    return this.comeBack(await this.atProvider(started.body.url));
  }

  /** From another site: no browser sends the cookie of the session along, which is `SameSite=Strict`. */
  async comeBack(callback: string): Promise<string> {
    const cookie = this.#header(HERE)
      .split('; ')
      .filter((each) => /^(?:__Host-)?licet_provider=/.test(each))
      .join('; ');
    const { status, location, body } = await this.ask('GET', callback, undefined, { 'sec-fetch-site': 'cross-site', cookie });
    if (status !== 302) throw new Error(`${callback}: ${status} ${JSON.stringify(body)}`);
    return location!.replace(this.api.settings.publicUrl, '');
  }

  /** Who is signed in here, if anybody. */
  async user(): Promise<string | undefined> {
    return (await this.ask('GET', '/api/v1/session')).body.user?.id;
  }

  #header(origin: string): string {
    return [...this.cookies]
      .filter(([key]) => key.startsWith(`${origin} `))
      .map(([key, value]) => `${key.slice(origin.length + 1)}=${value}`)
      .join('; ');
  }

  #take(origin: string, lines: readonly string[]): void {
    for (const line of lines) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (!name) continue;
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(`${origin} ${name}`);
      else this.cookies.set(`${origin} ${name}`, value!);
    }
  }
}

const HERE = 'the api';

/** What tests of sign-in with a provider do over and over. */
export function peopleOf(api: TestApi, provider: RealProvider) {
  const open = new Map<string, Browser>();
  /** Who sits before the browser at the provider from now on. */
  const is = (subject: string, claims: object = {}) => void (provider.who = { subject, claims });
  /** A browser in which somebody is signed in by the password. */
  const withPassword = async (username: string) => {
    const browser = open.get(username) ?? new Browser(api);
    if (!open.has(username)) await browser.ask('POST', '/api/v1/session', { username, password: PASSWORD });
    open.set(username, browser);
    return browser;
  };
  return {
    is,
    withPassword,
    /** Signs in with the provider, in a new browser. */
    signIn: async (subject: string, claims: object = {}) => {
      is(subject, claims);
      const browser = new Browser(api);
      return { browser, at: await browser.signIn() };
    },
    link: async (username: string, subject: string) => {
      is(subject);
      return (await withPassword(username)).signIn({ currentPassword: PASSWORD }, '/api/v1/session/identity');
    },
    invite: async (id: string) => {
      const { body } = await api.create('operators', { id, role: 'licet.auditor' });
      return new URLSearchParams(body.link.split('?')[1]).get('token')!;
    },
    patch: async (id: string, body: object, kind = 'operators') => {
      const { etag } = await api.call('GET', `/api/v1/${kind}/${id}`);
      return api.call('PATCH', `/api/v1/${kind}/${id}`, body, { 'if-match': etag });
    },
    /** The newest entry of the audit trail about a row. */
    trail: async (kind: string, target: string): Promise<Answer['body']> =>
      (await api.call('GET', `/api/v1/audit-entries?kind=${kind}&target=${target}`)).body.items[0],
  };
}
