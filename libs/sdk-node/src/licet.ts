import type { EvaluationRequest, UserSyncResponse } from '@licet/contract';
import type { Snapshot } from '@licet/engine';
import { BATCH } from './batch.ts';
import { ControlPlane, type UserInput } from './control-plane.ts';
import { Forbidden, messageOf } from './errors.ts';
import { Emitter, type Listener, type LicetEvents } from './events.ts';
import { LocalDecisionPoint } from './local.ts';
import { toRequest, type CheckOptions, type Question, type ResourceInput, type SubjectInput } from './question.ts';
import { RemoteDecisionPoint, unreachable, type Answer } from './remote.ts';
import { readSettings, type LicetOptions, type Mode } from './settings.ts';

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
  /** `users.sync(list)` registers users in the control plane, or brings them up to date. */
  readonly users: { sync: (users: readonly UserInput[]) => Promise<UserSyncResponse> };
  private readonly plane: ControlPlane;
  private readonly local: LocalDecisionPoint | undefined;
  private readonly remote: RemoteDecisionPoint;
  private readonly emitter = new Emitter();

  /** @throws ConfigError naming the setting that is missing or wrong */
  constructor(options: LicetOptions<M> = {}) {
    const settings = readSettings(options);
    this.mode = settings.mode as M;
    this.plane = new ControlPlane(settings.fetcher, settings.timing.timeoutMs);
    this.users = { sync: (users) => this.syncUsers(users) };
    this.remote = new RemoteDecisionPoint(this.plane);
    if (settings.mode === 'remote') return;
    this.local = new LocalDecisionPoint(this.plane, settings, {
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
    return (isRequest(request) ? this.remote.decide(request, options.atLeast) : Promise.resolve(request)) as Given<M, Answer>;
  }

  /**
   * Asks many questions about one subject; the answers stand in their order. In local mode all are from one revision. Never throws.
   * @param questions each a permission, or `{ permission, resource }`
   */
  checkMany(subject: SubjectInput, questions: readonly Question[], options: CheckOptions = {}): Given<M, Answer[]> {
    const requests = questions.map((question) =>
      typeof question === 'string'
        ? read(subject, question, undefined, options)
        : read(subject, question?.permission, question?.resource, options),
    );
    const { local } = this;
    if (local === undefined) return this.decideRemotely(requests, options.atLeast) as Given<M, Answer[]>;
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
   * Waits until there is a policy to answer from. Nothing has to wait for it: until then every answer is a denial with reason `not_ready`.
   * @throws LicetError after `timeoutMs`, saying what went wrong
   */
  async ready(timeoutMs = 10_000): Promise<void> {
    await this.local?.reach(0, timeoutMs);
  }

  /**
   * Waits until a change is in force here; every write to the control plane answers with its revision.
   * @throws LicetError after `timeoutMs`
   */
  async reach(revision: number, timeoutMs = 10_000): Promise<void> {
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

  private async syncUsers(users: readonly UserInput[]): Promise<UserSyncResponse> {
    const total: UserSyncResponse = { revision: 0, created: 0, updated: 0, unchanged: 0 };
    for (let start = 0; start < users.length; start += BATCH.items) {
      const part = await this.plane.syncUsers(users.slice(start, start + BATCH.items));
      total.revision = part.revision;
      for (const count of ['created', 'updated', 'unchanged'] as const) total[count] += part[count];
    }
    return total;
  }

  private decide(local: LocalDecisionPoint, request: Asked, options: CheckOptions, snapshot?: Snapshot | null): Answer {
    if (!isRequest(request)) return request;
    try {
      return local.decide(request, options, snapshot);
    } catch (error) {
      this.emitter.emit('error', error as Error);
      return invalid(error);
    }
  }

  private async decideRemotely(requests: readonly Asked[], atLeast: number | undefined): Promise<Answer[]> {
    const answers = (await this.remote.decideMany(requests.filter(isRequest), atLeast)).values();
    return requests.map((request) => (isRequest(request) ? (answers.next().value ?? unreachable('there is no answer')) : request));
  }
}

/** A question as it was read: a request, or where it is not one, the denial that answers it. */
type Asked = EvaluationRequest | Answer;

function read(...question: Parameters<typeof toRequest>): Asked {
  try {
    return toRequest(...question);
  } catch (error) {
    return invalid(error);
  }
}

function isRequest(value: Asked): value is EvaluationRequest {
  return 'subject' in value;
}

function invalid(error: unknown): Answer {
  return { decision: false, reason: 'invalid_request', path: null, errors: [], revision: 0, message: messageOf(error) };
}
