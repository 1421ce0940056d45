import { LicetError } from '@licet/contract';
import { SetMetadata } from '@nestjs/common';
import type { Actor } from './access.ts';

export const STEP_UP = 'licet:step-up';

/** How long a proof of who is there counts. Every proof begins a new session, so that the age of the session is the age of the proof. */
export const PROOF_MINUTES = 10;

/**
 * Declares that operators must have shown lately who they are. The contract's table says the same: the api does not start where the two
 * differ.
 */
export const StepUp = (asks = true) => SetMetadata(STEP_UP, asks);

/** By how much the clocks of api processes may differ: a proof that one took is a recent one for the others. */
const CLOCKS_MS = 60_000;

/** A proof from the future is none: it would count for as long as a clock was set back. */
export function isRecentProof(provenAt: Date): boolean {
  const age = Date.now() - provenAt.getTime();
  return age > -CLOCKS_MS && age < PROOF_MINUTES * 60_000;
}

/** Refuses an operator whose last proof is an old one. API keys have nobody behind them who could be asked. */
export function demandRecentProof({ via, provenAt }: Actor): void {
  if (via === 'api' || (provenAt && isRecentProof(provenAt))) return;
  throw new LicetError('step_up_needed', `this asks for a proof of who you are that is at most ${PROOF_MINUTES} minutes old`);
}

/** Refuses an operator who has to set up a second factor first: until then only the own account is open. */
export function demandFactor({ factorDue }: Actor): void {
  if (factorDue)
    throw new LicetError('forbidden', 'set up an authenticator app or a passkey first: this Licet asks every operator for one');
}
