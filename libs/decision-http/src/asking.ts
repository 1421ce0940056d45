import {
  LicetError,
  emptyRows,
  type Decision,
  type EvaluationRequest,
  type Explanation,
  type FilterPlan,
  type FilterRequest,
} from '@licet/contract';
import { createSnapshot, decide, explain, filterPlan, tenantOf, unexplained, type Snapshot } from '@licet/engine';
import { groundsOf, type Grounds } from './answers.ts';

/** Who asks: the holder of the credentials. */
export interface Caller {
  id: string;
}

/**
 * What is told of each decision, after it was answered. `grounds` are the decision's path and errors as they were answered: JSON text, which
 * need not be written again.
 */
export type OnDecision = (
  request: EvaluationRequest,
  decision: Decision,
  tenant: string,
  now: number,
  caller: Caller,
  grounds: Grounds,
) => void;

/** A question that was decided. */
interface Decided {
  request: EvaluationRequest;
  decision: Decision;
  grounds: Grounds;
}

/** What a search needs. */
export interface Searching {
  readonly snapshot: Snapshot;
  /** ms since the epoch. */
  readonly now: number;
  /** The tenant of the address; undefined where it names none. */
  readonly tenant: string | undefined;
  readonly caller: Caller;
  /** Signs the tokens of pages. */
  readonly pageKey: Buffer;
}

const UNSEARCHABLE: Partial<Record<string, string>> = {
  not_ready: 'This decision point has no policy yet: search again later.',
  stale: 'This decision point is behind the revision asked for, or has not heard of changes for too long: search again later.',
};
const NO_POLICY = createSnapshot({ format: 1, revision: 0, rows: emptyRows() });

/** The questions of one HTTP request: all are answered from one snapshot, at one time. */
export class Asking {
  private readonly made: Decided[] = [];
  private readonly snapshot: Snapshot | null;
  private readonly now: number;
  private readonly refusal: (Decision & { reason: 'not_ready' | 'stale' }) | null;
  /** The tenant of the address; undefined where it names none. */
  readonly tenant: string | undefined;

  /**
   * @param snapshot what to answer from; null: every answer is a denial with reason `not_ready`
   * @param now ms since the epoch
   * @param atLeast the revision that the caller has seen; an older snapshot makes every answer a denial with reason `stale`
   * @param stale whether the snapshot is too old to answer from: the same denial
   * @param tenant the tenant of the address
   */
  constructor(snapshot: Snapshot | null, now: number, atLeast: number, stale = false, tenant?: string) {
    this.tenant = tenant;
    this.snapshot = snapshot;
    this.now = now;
    if (snapshot === null) this.refusal = denial('not_ready', 0);
    else this.refusal = stale || snapshot.revision < atLeast ? denial('stale', snapshot.revision) : null;
  }

  /** Decides one question, and remembers it for {@link tell}. Never throws. */
  decide(request: EvaluationRequest): Decided {
    const decision = this.refusal ?? this.elsewhere(request) ?? decide(this.snapshot ?? NO_POLICY, request, this.now);
    const decided = { request, decision, grounds: groundsOf(decision) };
    this.made.push(decided);
    return decided;
  }

  /** Explains one question. At the address of a tenant it names no assignment of another one. Never throws. */
  explain(request: EvaluationRequest): Explanation {
    const snapshot = this.snapshot ?? NO_POLICY;
    const decision = this.refusal ?? this.elsewhere(request);
    if (!decision) return explain(snapshot, request, this.now, this.tenant === undefined ? 'all' : 'asked');
    return unexplained(decision, tenantOf(snapshot, request));
  }

  /** Answers for all rows of a type at once. Never throws. */
  plan(request: FilterRequest): FilterPlan {
    if (this.refusal) return { kind: 'never', reason: this.refusal.reason, revision: this.refusal.revision };
    return filterPlan(this.snapshot ?? NO_POLICY, request, this.now);
  }

  /**
   * What the searches of this request go through.
   * @throws LicetError `unavailable` where there is nothing to search: an empty answer would say that nobody may do it
   */
  search(caller: Caller, pageKey: Buffer): Searching {
    const { snapshot, now, tenant, refusal } = this;
    if (snapshot === null || refusal !== null) throw new LicetError('unavailable', UNSEARCHABLE[refusal?.reason ?? 'not_ready'] ?? '');
    return { snapshot, now, tenant, caller, pageKey };
  }

  /** A resource that is registered in another tenant than the address is for is out of reach there. */
  private elsewhere(request: EvaluationRequest): Decision | undefined {
    if (this.tenant === undefined || this.snapshot === null || tenantOf(this.snapshot, request) === this.tenant) return undefined;
    return denial('other_tenant', this.snapshot.revision);
  }

  /**
   * Tells of all decisions. To be called when the answer is on its way: what the listener does can neither change nor delay it.
   * @param onError takes what the listener threw
   */
  tell(listener: OnDecision, caller: Caller, onError: (error: unknown) => void): void {
    for (const { request, decision, grounds } of this.made) {
      try {
        listener(request, decision, tenantOf(this.snapshot ?? NO_POLICY, request), this.now, caller, grounds);
      } catch (error) {
        onError(error);
      }
    }
  }
}

/**
 * Reads the Licet-At-Least header.
 * @returns a revision; 0 without the header
 * @throws LicetError `invalid_request`
 */
export function readAtLeast(header: string | string[] | undefined): number {
  if (header === undefined) return 0;
  const revision = typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
  if (revision === undefined) {
    const fault = { path: 'Licet-At-Least', message: 'must be a revision, a whole number such as `42`' };
    throw new LicetError('invalid_request', `The header \`${fault.path}\` ${fault.message}.`, { errors: [fault] });
  }
  return revision;
}

function denial<R extends 'not_ready' | 'stale' | 'other_tenant'>(reason: R, revision: number): Decision & { reason: R } {
  return { decision: false, reason, path: null, errors: [], revision };
}
