import { randomUUID } from 'node:crypto';
import { emptyRows, type Decision, type EvaluationRequest, type Explanation, type FilterPlan, type FilterRequest } from '@licet/contract';
import { createSnapshot, decide, explain, filterPlan, tenantOf, unexplained, type Snapshot } from '@licet/engine';
import type { ControlPlane } from './control-plane.ts';
import { DecisionLog } from './decision-log.ts';
import { LicetError, Unavailable, messageOf } from './errors.ts';
import { Follower } from './follower.ts';
import type { CheckOptions } from './question.ts';
import { Replica } from './replica.ts';
import type { Answer } from './remote.ts';
import { searchAll, type Search } from './search.ts';
import { SnapshotFile } from './snapshot-file.ts';
import { StatusReporter } from './status-reporter.ts';
import type { Timing } from './timing.ts';
import { SDK } from './version.ts';

export interface LocalSettings {
  url: string;
  name: string;
  maxStalenessMs: number | undefined;
  snapshotPath: string | undefined;
  /** Whether the snapshot is also written to `snapshotPath`: of several processes with one file, one does. */
  savesSnapshot?: boolean;
  decisionLog: boolean;
  timing: Timing;
  clock: () => number;
}

export interface LocalEvents {
  onChange: (revision: number) => void;
  onOnline: () => void;
  onError: (error: Error) => void;
}

/** A denial that says nothing about the subject. */
type Refusal = Decision & { reason: 'not_ready' | 'stale' };

const UNSEARCHABLE = {
  not_ready: 'there is no policy to search in yet',
  stale: 'the policy held here is older than it may be',
};
const NO_POLICY = createSnapshot({ format: 1, revision: 0, rows: emptyRows() });

/** Decides in this process, from a replica that follows the control plane. No answer waits for anything. */
export class LocalDecisionPoint {
  readonly replica: Replica;
  readonly log: DecisionLog | undefined;
  private readonly settings: LocalSettings;
  private readonly events: LocalEvents;
  private readonly instance = randomUUID();
  private readonly began: number;
  private readonly follower: Follower;
  private readonly reporter: StatusReporter;
  private readonly file: SnapshotFile | undefined;
  private readonly running: Promise<void>;
  private readonly waiting = new Set<() => void>();
  private lastError: Error | undefined;

  constructor(plane: ControlPlane, settings: LocalSettings, events: LocalEvents) {
    const { timing, clock, name, snapshotPath } = settings;
    const onError = (error: Error) => this.failed(error);
    this.settings = settings;
    this.events = events;
    this.began = clock();
    this.replica = new Replica(clock);
    this.log = settings.decisionLog ? new DecisionLog(plane, { instance: this.instance, name }, timing, onError) : undefined;
    this.file = snapshotPath === undefined ? undefined : new SnapshotFile(snapshotPath, settings.url, timing, onError);
    this.reporter = new StatusReporter(plane, () => this.status(), timing, onError);
    const following = { onChange: () => this.changed(), onHeard: () => this.look(), onOnline: events.onOnline, onError };
    this.follower = new Follower(plane, this.replica, following, timing);
    this.running = this.run();
  }

  /**
   * Decides from what is held now.
   * @param snapshot what to decide from, where several answers must agree
   */
  decide(request: EvaluationRequest, options: CheckOptions, snapshot = this.replica.snapshot): Answer {
    const now = Date.now();
    const decision = this.refusal(snapshot, options.atLeast) ?? decide(snapshot ?? NO_POLICY, request, now);
    const isLogged = options.log !== false && decision.reason !== 'invalid_request'; // such a question names nobody and nothing
    if (isLogged) this.log?.add(request, decision, tenantOf(snapshot ?? NO_POLICY, request), now);
    return decision;
  }

  /** Explains what {@link decide} answers. Nothing is logged: it is people who ask. */
  explain(request: EvaluationRequest, atLeast: number | undefined): Explanation {
    const { snapshot } = this.replica;
    const [refusal, policy] = [this.refusal(snapshot, atLeast), snapshot ?? NO_POLICY];
    return refusal ? unexplained(refusal, tenantOf(policy, request)) : explain(policy, request, Date.now());
  }

  /** Answers for all rows of a type at once. */
  filterPlan(request: FilterRequest, atLeast: number | undefined): FilterPlan {
    const { snapshot } = this.replica;
    const refusal = this.refusal(snapshot, atLeast);
    if (refusal) return { kind: 'never', reason: refusal.reason, revision: refusal.revision };
    return filterPlan(snapshot ?? NO_POLICY, request, Date.now());
  }

  /** @throws Unavailable where an empty list would say that nobody may */
  search(search: Search): string[] {
    const { snapshot } = this.replica;
    const refusal = this.refusal(snapshot, search.atLeast);
    if (refusal) throw new Unavailable(UNSEARCHABLE[refusal.reason]);
    return searchAll(snapshot ?? NO_POLICY, search, Date.now());
  }

  /**
   * Waits until this revision is held.
   * @param fresh also until the control plane has said that what is held is the newest
   * @throws LicetError after `timeoutMs`; the cause is what went wrong last
   */
  async reach(revision: number, timeoutMs: number, fresh = false): Promise<void> {
    const { replica } = this;
    const hasArrived = () => replica.snapshot !== null && replica.revision >= revision && (replica.isFresh || !fresh);
    if (hasArrived()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        const cause = this.lastError;
        const why = cause === undefined ? '' : `: ${messageOf(cause)}`;
        const which = `${revision > 0 ? ` of revision ${revision}` : ''}${fresh ? ' that is known to be the newest' : ''}`;
        reject(new LicetError(`no policy${which} after ${timeoutMs} ms${why}`, { cause }));
      }, timeoutMs);
      const look = () => {
        if (!hasArrived()) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
    });
  }

  /** Stops following, uploads what is left of the decision log, and saves the snapshot. */
  async close(): Promise<void> {
    this.follower.stop();
    this.reporter.stop();
    await this.running;
    this.save();
    await Promise.all([this.log?.close(), this.file?.flush()]);
  }

  private refusal(snapshot: Snapshot | null, atLeast = 0): Refusal | undefined {
    if (snapshot === null) return denial('not_ready', 0);
    const { maxStalenessMs } = this.settings;
    const stale = snapshot.revision < atLeast || (maxStalenessMs !== undefined && this.replica.ageMs > maxStalenessMs);
    return stale ? denial('stale', snapshot.revision) : undefined;
  }

  private async run(): Promise<void> {
    const saved = await this.file?.load();
    if (saved !== undefined) {
      this.replica.resume(saved.snapshot, saved.ageMs);
      this.changed();
    }
    await this.follower.run();
  }

  private look(): void {
    for (const look of [...this.waiting]) look();
  }

  private changed(): void {
    this.look();
    this.reporter.report();
    this.save();
    this.events.onChange(this.replica.revision);
  }

  private save(): void {
    if (this.settings.savesSnapshot !== false) this.file?.save(() => this.replica);
  }

  private failed(error: Error): void {
    this.lastError = error;
    this.events.onError(error);
  }

  private status() {
    const { revision, ageMs } = this.replica;
    const age = Number.isFinite(ageMs) ? ageMs : this.settings.clock() - this.began;
    return { instance: this.instance, name: this.settings.name, sdk: SDK, revision, ageMs: Math.round(age) };
  }
}

function denial(reason: Refusal['reason'], revision: number): Refusal {
  return { decision: false, reason, path: null, errors: [], revision };
}
