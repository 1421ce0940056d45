/**
 * Holds the policy. No I/O. The rules it keeps:
 * - it never goes back in revision;
 * - a delta is applied only to the revision that it leads on from; anything else is a gap;
 * - once the control plane was seen behind this replica, its changes may lead on from another policy under the same numbers (a restored
 *   backup): then deltas are not applied until a whole snapshot was taken;
 * - a snapshot that is held is replaced at once and as a whole, or not at all.
 */
import type { Delta, SnapshotDocument } from '@licet/contract';
import { applyDelta, createSnapshot, type Snapshot } from '@licet/engine';
import { SnapshotError, messageOf } from './errors.ts';

export class Replica {
  private held: Snapshot | null = null;
  private currentAt: number | undefined;
  private saidNewest = false;
  private overtaken = false;
  private readonly clock: () => number;

  /** @param clock ms from any beginning, never set back */
  constructor(clock: () => number) {
    this.clock = clock;
  }

  get snapshot(): Snapshot | null {
    return this.held;
  }

  /** The revision held; 0 without a snapshot. */
  get revision(): number {
    return this.held?.revision ?? 0;
  }

  /** Which policy is held: the number alone does not say so, once a backup was restored. */
  get version(): { revision: number; at: string | undefined } {
    return { revision: this.revision, at: this.held?.at };
  }

  /** Whether the control plane has said, to this process, that what is held was the newest. A change alone does not say so: more may follow. */
  get isFresh(): boolean {
    return this.saidNewest;
  }

  /** ms since what is held was known to be the newest; Infinity as long as it never was. */
  get ageMs(): number {
    return this.currentAt === undefined ? Infinity : Math.max(0, this.clock() - this.currentAt);
  }

  /** Whether only a whole snapshot can bring this replica up to date. */
  get needsSnapshot(): boolean {
    return this.held === null || this.overtaken;
  }

  /**
   * Takes a whole policy, compiled or not.
   * @throws SnapshotError where it is older than the one that is held, or cannot be compiled
   */
  take(policy: SnapshotDocument | Snapshot): void {
    if (policy.revision < this.revision) {
      throw new SnapshotError(
        `the control plane offers revision ${policy.revision}, but this replica holds ${this.revision} and never goes back; ` +
          'if the control plane was restored from a backup, restart this application',
      );
    }
    try {
      this.held = 'format' in policy ? createSnapshot(policy) : policy;
    } catch (error) {
      throw new SnapshotError(`the snapshot cannot be used: ${messageOf(error)}`, { cause: error });
    }
    this.overtaken = false;
    this.currentAt = this.clock();
    this.saidNewest = true;
  }

  /**
   * Begins with a policy that was saved.
   * @param savedMs how long ago it was known to be the newest
   */
  resume(snapshot: Snapshot, savedMs: number): void {
    this.held = snapshot;
    this.currentAt = this.clock() - savedMs;
  }

  /**
   * Applies a change.
   * @returns `applied`; `known` if it lies behind; `gap` if a whole snapshot has to be taken instead
   * @throws SnapshotError where it cannot be applied
   */
  apply(delta: Delta): 'applied' | 'known' | 'gap' {
    if (this.held === null || this.overtaken || delta.revision > this.held.revision + 1) return 'gap';
    if (delta.revision <= this.held.revision) return 'known';
    try {
      this.held = applyDelta(this.held, delta);
    } catch (error) {
      this.distrustDeltas();
      throw new SnapshotError(`the change to revision ${delta.revision} cannot be used: ${messageOf(error)}`, { cause: error });
    }
    return 'applied';
  }

  /** Leaves deltas alone until a whole snapshot was taken: the control plane does not know the revision that is held. */
  distrustDeltas(): void {
    this.overtaken = true;
  }

  /**
   * Hears how far the control plane is.
   * @returns whether this replica is at the same revision, behind it, or ahead of it
   */
  hear(head: number): 'current' | 'behind' | 'ahead' {
    if (head < this.revision) {
      this.distrustDeltas();
      return 'ahead';
    }
    if (head > this.revision || this.overtaken) return 'behind';
    this.currentAt = this.clock();
    this.saidNewest = true;
    return 'current';
  }
}
