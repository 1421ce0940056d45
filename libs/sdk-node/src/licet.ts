import { DEFAULT_TENANT, type EvaluationRequest, type FilterPlan, type UserSyncResponse } from '@licet/contract';
import { unexplained, type Snapshot } from '@licet/engine';
import { ControlPlane, type UserInput } from './control-plane.ts';
import { Forbidden } from './errors.ts';
import { Emitter, type Listener, type LicetEvents } from './events.ts';
import { LocalDecisionPoint } from './local.ts';
import { invalid, isRequest, read, readOne, type Asked } from './asked.ts';
import {
  ANY_ID,
  toRequest,
  type CheckOptions,
  type Question,
  type ResourceInput,
  type SearchOptions,
  type SubjectInput,
} from './question.ts';
import { RemoteDecisionPoint, unreachable, type Answer, type Explained } from './remote.ts';
import { toLimit, type SearchKind } from './search.ts';
import { readSettings, type LicetOptions, type Mode } from './settings.ts';
import { UndeclaredPermissions } from './undeclared.ts';
import { Writes, type AssignOptions, type HolderInput, type RevokeOptions } from './writes.ts';

/** ms that a write waits at most until the policy here knows it. */
const WRITE_WAIT_MS = 2_000;
const READY_MS = 10_000;

export interface ReadyOptions {
  /** 10,000 if left out. */
  timeoutMs?: number | undefined;
  /** Whether it must be one that the control plane has said to be the newest since this process began, and not what `snapshotPath` kept. */
  fresh?: boolean | undefined;
}

/** What a question gives: in local mode the value itself, in remote mode a promise of it. */
export type Given<M extends Mode, T> = M extends 'remote' ? Promise<T> : T;

/**
 * Licet in an application. In local mode (the default) it holds a copy of the policy and decides in this process; in remote mode it asks
 * over HTTP. The same calls work in both: where code must not care which, it writes `await`.
 *
 *     const licet = new Licet({ name: 'tasks' });                    // LICET_URL, LICET_API_KEY
 *     await licet.ready();
 *     const { decision } = licet.check('alice', 'task:delete', { id: 't1', properties: { ownerId: 'bob' } });
 *
 * The rules it keeps: a question never throws and, in local mode, never waits; whatever goes wrong is a denial with a reason; nothing
 * that goes wrong in the background reaches the application but as an `error` event.
 */
export class Licet<M extends Mode = 'local'> {
  readonly mode: M;
  /** `users.sync(list)` registers users in the control plane, or brings them up to date; it waits as `assign` does. */
  readonly users: { sync: (users: readonly UserInput[]) => Promise<UserSyncResponse> };
  private readonly writes: Writes;
  private readonly local: LocalDecisionPoint | undefined;
  private readonly remote: RemoteDecisionPoint;
  private readonly emitter = new Emitter();
  private readonly undeclared = new UndeclaredPermissions((error) => this.emitter.emit('error', error));

  /** @throws ConfigError naming the setting that is missing or wrong */
  constructor(options: LicetOptions<M> = {}) {
    const settings = readSettings(options);
    this.mode = settings.mode as M;
    const plane = new ControlPlane(settings.fetcher, settings.timing.timeoutMs);
    this.writes = new Writes(plane, (revision) => this.settled(revision));
    this.users = { sync: (users) => this.writes.syncUsers(users) };
    this.remote = new RemoteDecisionPoint(plane);
    if (settings.mode === 'remote') return;
    this.local = new LocalDecisionPoint(plane, settings, {
      onChange: (revision) => this.emitter.emit('change', { revision }),
      onOnline: () => this.emitter.emit('online', { revision: this.revision }),
      onError: (error) => this.emitter.emit('error', error),
    });
  }

  /**
   * Asks whether the subject has the permission. Never throws: what is wrong with a question makes it a denial with reason
   * `invalid_request`, and its `message` says what.
   * @param subject a user's id, or `{ type, id, properties }`
   * @param permission such as `task:delete`
   * @param resource its id, or `{ id, properties }`; leave it out for what has no resource yet, such as `task:create`
   */
  check(subject: SubjectInput, permission: string, resource?: ResourceInput, options: CheckOptions = {}): Given<M, Answer> {
    const request = read(subject, permission, resource, options);
    if (this.local !== undefined) return this.decide(this.local, request, options) as Given<M, Answer>;
    if (!isRequest(request)) return this.given(request);
    return this.remote
      .decide(request, options.atLeast)
      .then((answer) => this.told(answer, request, options))
      .catch(invalid) as Given<M, Answer>;
  }

  /**
   * Asks many questions about one subject; the answers stand in their order. In local mode all are from one revision. Never throws.
   * @param questions each a permission, or `{ permission, resource }`
   */
  checkMany(subject: SubjectInput, questions: readonly Question[], options: CheckOptions = {}): Given<M, Answer[]> {
    if (!Array.isArray(questions)) return this.given([invalid(new TypeError('give the questions as a list'))]);
    const requests = questions.map((question: Question) => readOne(subject, question, options));
    const { local } = this;
    if (local === undefined) return this.decideRemotely(requests, options) as Given<M, Answer[]>;
    const { snapshot } = local.replica;
    return requests.map((request) => this.decide(local, request, options, snapshot)) as Given<M, Answer[]>;
  }

  /**
   * Goes on only if the subject has the permission; takes what `check` takes.
   * @throws Forbidden otherwise, with `status` and `statusCode` 403, or 503 where Licet could not tell; in remote mode the promise rejects
   */
  require(subject: SubjectInput, permission: string, resource?: ResourceInput, options: CheckOptions = {}): Given<M, Answer> {
    const demand = (answer: Answer): Answer => {
      if (!answer.decision) throw new Forbidden(permission, answer);
      return answer;
    };
    const answer = this.check(subject, permission, resource, options);
    return (answer instanceof Promise ? answer.then(demand) : demand(answer)) as Given<M, Answer>;
  }

  /**
   * Says why the answer of `check` is what it is: what decides, or what is missing. For people; it is not logged. Takes what `check` takes,
   * and never throws. In remote mode the API key needs `licet.policy:replicate`: an explanation names roles that decide nothing.
   */
  explain(subject: SubjectInput, permission: string, resource?: ResourceInput, options: CheckOptions = {}): Given<M, Explained> {
    const request = read(subject, permission, resource, options);
    const { local, remote } = this;
    if (!isRequest(request)) return this.given(unexplained(request, DEFAULT_TENANT));
    return (local ? local.explain(request, options.atLeast) : remote.explain(request, options.atLeast)) as Given<M, Explained>;
  }

  /**
   * Says for which rows of a type `check` would say yes, as a condition to filter by. Never throws: where Licet cannot tell, the plan is
   * `never` with the reason (`not_ready`, `stale`, `unreachable`). `@licet/sdk-node/mikro-orm` makes a `where` of a plan.
   * @param properties attributes that every row is known to have; `{ tenant: null }` says that rows have a tenant that is null
   * @param options `tenant`: the one tenant that all rows are in; left out, each row names its own in the attribute `tenant`
   */
  filterPlan(subject: SubjectInput, permission: string, properties?: object, options: CheckOptions = {}): Given<M, FilterPlan> {
    const request = read(subject, permission, properties === undefined ? undefined : { properties }, options);
    const { local, remote } = this;
    if (!isRequest(request)) return this.given({ kind: 'never', reason: 'invalid_request', revision: 0 });
    return (local ? local.filterPlan(request, options.atLeast) : remote.filterPlan(request, options.atLeast)) as Given<M, FilterPlan>;
  }

  /**
   * Searches for the registered users for whom `check` would say yes.
   * @param options `type`: of users, `user` if left out
   * @returns their user keys in ascending order
   * @throws TypeError where the question is not one; Unavailable where there is no answer: an empty list would say "nobody"
   */
  whoCan(permission: string, resource?: ResourceInput, options: SearchOptions & { type?: string | undefined } = {}): Given<M, string[]> {
    return this.search('subject', () => toRequest({ type: options.type ?? 'user', id: ANY_ID }, permission, resource, options), options);
  }

  /**
   * Searches for the registered resources of the permission's type for which `check` would say yes; otherwise as `whoCan`. Of rows that the
   * application keeps itself, `filterPlan` says which.
   * @returns their ids in ascending order
   */
  whatCan(subject: SubjectInput, permission: string, options: SearchOptions = {}): Given<M, string[]> {
    return this.search('resource', () => toRequest(subject, permission, undefined, options), options);
  }

  /** Searches for the actions that the subject may do with a resource; otherwise as `whoCan`. @returns their names in ascending order */
  actionsOn(subject: SubjectInput, type: string, resource?: ResourceInput, options: SearchOptions = {}): Given<M, string[]> {
    return this.search('action', () => toRequest(subject, `${type}:${ANY_ID}`, resource, options), options);
  }

  /**
   * Assigns a role to a user or a group; what is assigned already, for the same times, changes nothing. Waits for the network, and in local
   * mode, for 2 s at most, until the policy held here knows it. Needs an API key with the role `licet.assigning-application`.
   * @returns the revision that knows it, for `atLeast`
   * @throws FetchError where the control plane cannot be reached or refuses; SnapshotError where its answer is not valid
   */
  assign(holder: HolderInput, role: string, options: AssignOptions = {}): Promise<number> {
    return this.writes.assign(holder, role, options);
  }

  /** Revokes every assignment of a role to exactly this holder, tenant and resource, whatever its times; otherwise as `assign`. */
  revoke(holder: HolderInput, role: string, options: RevokeOptions = {}): Promise<number> {
    return this.writes.revoke(holder, role, options);
  }

  /**
   * Waits until there is a policy to answer from. Nothing has to wait for it: until then every answer is a denial with reason `not_ready`.
   * @param options how long, in ms; or that and `fresh`, for commands, which decide once and end
   * @throws LicetError after `timeoutMs`, saying what went wrong
   */
  async ready(options: number | ReadyOptions = {}): Promise<void> {
    const { timeoutMs = READY_MS, fresh = false } = typeof options === 'number' ? { timeoutMs: options } : options;
    await this.local?.reach(0, timeoutMs, fresh);
  }

  /**
   * Waits until a change is in force here; every write to the control plane answers with its revision.
   * @throws LicetError after `timeoutMs`
   */
  async reach(revision: number, timeoutMs = READY_MS): Promise<void> {
    await this.local?.reach(revision, timeoutMs);
  }

  /** The revision that answers come from; 0 as long as there is none, and in remote mode. */
  get revision(): number {
    return this.local?.replica.revision ?? 0;
  }

  /** ms since the policy held here was known to be the newest; Infinity as long as it never was, and in remote mode. */
  get ageMs(): number {
    return this.local?.replica.ageMs ?? Infinity;
  }

  /** How many decisions did not get into the decision log. */
  get droppedDecisions(): number {
    return this.local?.log?.dropped ?? 0;
  }

  /**
   * Listens: `change` (another revision is held), `online` (the control plane answers again), `error` (something failed in the
   * background; answers go on). Without a listener for `error` each error is shown once as a process warning.
   * @returns a function that ends the listening
   */
  on<E extends keyof LicetEvents>(event: E, listener: Listener<E>): () => void {
    return this.emitter.on(event, listener);
  }

  /** Stops following, and uploads what is left of the decision log. Answers go on from what is held, and grow old. */
  async close(): Promise<void> {
    await this.local?.close();
  }

  /** Waits until a write is known here, but not for long and without failing: the write was made, and answers come from what is held. */
  private async settled(revision: number): Promise<void> {
    if (revision > 0) await this.local?.reach(revision, WRITE_WAIT_MS).catch(() => undefined);
  }

  private given<T>(value: T): Given<M, T> {
    return (this.local ? value : Promise.resolve(value)) as Given<M, T>;
  }

  private search(kind: SearchKind, read: () => EvaluationRequest, options: SearchOptions): Given<M, string[]> {
    const { local, remote } = this;
    const search = () => ({ kind, request: read(), limit: toLimit(options.limit), atLeast: options.atLeast });
    return (local ? local.search(search()) : Promise.resolve().then(() => remote.search(search()))) as Given<M, string[]>;
  }

  private decide(local: LocalDecisionPoint, request: Asked, options: CheckOptions, snapshot?: Snapshot | null): Answer {
    if (!isRequest(request)) return request;
    try {
      return this.told(local.decide(request, options, snapshot), request, options);
    } catch (error) {
      this.emitter.emit('error', error as Error);
      return invalid(error);
    }
  }

  private async decideRemotely(requests: readonly Asked[], options: CheckOptions): Promise<Answer[]> {
    try {
      const asked = requests.filter(isRequest);
      if (asked.length === 0) return requests as Answer[];
      const answers = (await this.remote.decideMany(asked, options.atLeast)).values();
      return requests.map((request) => {
        return isRequest(request) ? this.told(answers.next().value ?? unreachable('there is no answer'), request, options) : request;
      });
    } catch (error) {
      return requests.map(() => invalid(error));
    }
  }

  /** An answer, after what it says of a permission that nobody declared was passed on; not where a page says what is asked. */
  private told(answer: Answer, request: EvaluationRequest, options: CheckOptions): Answer {
    if (options.log !== false && !answer.decision) this.undeclared.look(answer, request);
    return answer;
  }
}
