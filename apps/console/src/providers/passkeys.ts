import type { NewPasskeyAnswer, PasskeyAnswer, PasskeyCreated, PasskeyOptions } from '@licet/contract';
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { api } from './client.ts';

/** Whether this browser has passkeys at all: only pages over HTTPS, and those of `localhost`, do. */
export const passkeysSupported = () => typeof PublicKeyCredential === 'function';

const library = () => import('@simplewebauthn/browser');

/** A signature of one of the operator's passkeys, which the browser asks for. */
export async function signWithPasskey(): Promise<PasskeyAnswer> {
  const [{ startAuthentication }, { body }] = await Promise.all([library(), api<PasskeyOptions>('POST', 'session/passkey/start', QUIET)]);
  return said(startAuthentication({ optionsJSON: body as unknown as PublicKeyCredentialRequestOptionsJSON })) as Promise<PasskeyAnswer>;
}

/** Has the browser make a passkey, and the server keep it. */
export async function addPasskey(name: string): Promise<PasskeyCreated> {
  const [{ startRegistration }, { body }] = await Promise.all([library(), api<PasskeyOptions>('POST', 'session/passkeys/start')]);
  const made = said(startRegistration({ optionsJSON: body as unknown as PublicKeyCredentialCreationOptionsJSON }));
  const passkey = (await made) as NewPasskeyAnswer;
  return (await api<PasskeyCreated>('POST', 'session/passkeys', { body: { name, passkey } })).body;
}

const QUIET = { reads: true, proves: true };

const WORDS: Record<string, string> = {
  NotAllowedError: 'No passkey was used: it was cancelled, or took too long.',
  AbortError: 'No passkey was used: it was cancelled.',
  InvalidStateError: 'There is a passkey for this account on this device already.',
  SecurityError: 'Passkeys work at the public address of this Licet only. Check the address in your browser.',
  NotSupportedError: 'This device cannot make passkeys that are asked for here: with a finger, a face or a PIN.',
  ConstraintError: 'This device cannot make passkeys that are asked for here: with a finger, a face or a PIN.',
};

/** What browsers say in words of programmers, said in plain ones. */
async function said<T>(ceremony: Promise<T>): Promise<T> {
  return ceremony.catch((error: unknown) => {
    const { name, cause } = error as Error;
    throw new Error(WORDS[(cause as Error | undefined)?.name ?? name] ?? WORDS[name] ?? 'The browser could not use a passkey.', {
      cause: error,
    });
  });
}
