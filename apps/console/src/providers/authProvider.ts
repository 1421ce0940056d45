import type { LinkRequest, PasskeySignIn, ReservedPermission, ServiceStatus, Session, SetupRequest, SignInRequest } from '@licet/contract';
import type { AuthProvider } from 'ra-core';
import { permissionFor } from './access.ts';
import { api } from './client.ts';
import { draftOf, dropDraft } from './draft.ts';

// The session cookie is out of reach for scripts; this is only what the server said about it, asked once a page load.
let session: Promise<Session> | null = null;
const present = () =>
  (session ??= api<Session>('GET', 'session').then(
    ({ body }) => begun(body),
    (error: unknown) => {
      session = null;
      throw error;
    },
  ));

/** What another operator had typed is gone from the tab. */
function begun(known: Session): Session {
  draftOf(known.user.id);
  return known;
}

/** What the server says about the session now. */
export const readSession = () => api<Session>('GET', 'session').then(({ body }) => body);

export const readStatus = () => api<ServiceStatus>('GET', 'status').then(({ body }) => body);

/** Makes the first operator and signs in. */
export async function setUp(request: SetupRequest): Promise<void> {
  await api<Session>('POST', 'setup', { body: request });
}

/** Chooses the password by a one-time link and signs in. */
export async function chooseByLink(request: LinkRequest): Promise<void> {
  await api<Session>('POST', 'session/link', { body: request });
}

/** Pages for those who are not signed in. Whoever was found to be none, and has opened one of them meanwhile, is not sent away from it. */
const isOutside = () => /^#\/(setup|link)\b/.test(window.location.hash);

export const SESSION_ENDED = 'Your session has ended. Sign in again.';
let ended = false;
/** Whether the sign-in page was come to because a session had ended, and not by signing out. */
export const sessionHasEnded = () => ended;

const watchers = new Set<() => void>();
/** Tells when the session turns out to have ended, while the page that was open is still there. Returns what ends the telling. */
export function onSessionEnd(tell: () => void): () => void {
  watchers.add(tell);
  return () => void watchers.delete(tell);
}

let holders = 0;
/** While something is in sight that is shown once, the end of the session leads nobody away from it. Returns what ends the holding. */
export function holdPage(): () => void {
  holders += 1;
  return () => void (holders -= 1);
}

export const authProvider = {
  async login(request: SignInRequest | PasskeySignIn) {
    const { body } = await api<Session>('POST', 'passkey' in request ? 'session/passkey' : 'session', { body: request });
    ended = false;
    session = Promise.resolve(begun(body));
  },
  async logout() {
    // Somebody who was not signed in has no session to end: it may be that of another page that has just begun.
    const known = await session?.catch(() => null);
    session = null;
    if (known) {
      dropDraft();
      await api('DELETE', 'session').catch(() => undefined);
    }
    return isOutside() ? false : undefined;
  },
  async checkAuth() {
    await present();
  },
  async checkError(error: { status?: number }) {
    if (error.status !== 401 || holders > 0) return;
    session = null;
    ended = true;
    for (const tell of [...watchers]) tell();
    throw Object.assign(new Error(SESSION_ENDED), { redirectTo: '/login' });
  },
  async getIdentity() {
    const { user, secondFactorDue, tenants } = await present();
    return { id: user.id, fullName: user.name ?? user.id, secondFactorDue, tenants };
  },
  async getPermissions(): Promise<ReservedPermission[]> {
    return (await present()).permissions;
  },
  async canAccess({ resource, action }: { resource: string; action: string }) {
    const needed = permissionFor(resource, action);
    return needed === null || (await present()).permissions.includes(needed);
  },
} satisfies AuthProvider;
