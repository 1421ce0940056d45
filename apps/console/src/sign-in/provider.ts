import type { IdentityProof, ProviderAddress, ProviderStart } from '@licet/contract';
import { useQuery } from '@tanstack/react-query';
import { readStatus } from '../providers/authProvider.ts';
import { api } from '../providers/client.ts';

export const useStatus = () => useQuery({ queryKey: ['status'], queryFn: readStatus, retry: false });

/** Leaves for the identity provider, which sends the browser back to a page of the console. */
export async function leaveFor(path: 'session/oidc' | 'session/identity', body: ProviderStart | IdentityProof): Promise<void> {
  const { body: address } = await api<ProviderAddress>('POST', path, { body });
  location.assign(address.url);
}

const CHANNEL = 'licet-proof';

/** Tells the tab that waits for it that the identity provider has seen who is there. */
export function tellProven(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('proven');
  channel.close();
}

/** Waits for that. Returns what ends the waiting. */
export function onProven(done: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = done;
  return () => channel.close();
}

/**
 * What became of a sign-in with the identity provider, in a sentence.
 * @param outcome the word that the server put into the address of the page
 * @param label what the provider is called
 * @returns null for a word that is none of the server's
 */
export function outcomeText(outcome: string | null, label: string): string | null {
  switch (outcome) {
    case 'denied':
      return `${label} did not sign you in: it was cancelled or refused there.`;
    case 'refused':
      return `What ${label} answered could not be trusted, so nothing was done. Try again; if it happens again, the log of the server says why.`;
    case 'lacking':
      return `${label} signed you in, but not in the way that is demanded here, such as with a second factor. Sign in there in that way, and try again.`;
    case 'unavailable':
      return `${label} does not answer as it should. Sign in with your password, or try again later.`;
    case 'expired':
      return 'This took too long, or was begun in another window. Begin again.';
    case 'unknown':
      return `${label} signed you in, but this is no way in here. Sign in with your password and link it under “My account”, or ask an owner for an invitation.`;
    case 'taken':
      return `You are linked with another operator already, or this account with another identity.`;
    default:
      return null;
  }
}
