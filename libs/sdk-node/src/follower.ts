/**
 * Keeps a replica up to date: takes a snapshot, follows the stream of changes, and starts again after whatever goes wrong. The rules:
 * - nothing that goes wrong leaves here but as an event;
 * - a gap leads to a new snapshot, a silent stream is cut and resumed, and where streams do not get through it asks at intervals;
 * - the pause between attempts grows, and has jitter; where the API key is refused it is long from the start.
 */
import { parse, readDelta, readHead, type ControlPlane } from './control-plane.ts';
import { FetchError, LicetError, SnapshotError, messageOf } from './errors.ts';
import { readEvents, type StreamEvent } from './event-stream.ts';
import type { Replica } from './replica.ts';
import { backoff, jitter, pause, type Timing } from './timing.ts';

/** What a follower tells. */
export interface FollowerEvents {
  /** Another revision is held. */
  onChange(): void;
  /** The control plane answers, after it did not. */
  onOnline(): void;
  /** The control plane said how things are: what is held may be known to be the newest now. */
  onHeard(): void;
  onError(error: Error): void;
}

/** So many streams in a row that said nothing mean that something between here and there holds them back. */
const MUTE_STREAMS = 2;

export class Follower {
  private readonly plane: ControlPlane;
  private readonly replica: Replica;
  private readonly events: FollowerEvents;
  private readonly timing: Timing;
  private readonly end = new AbortController();
  private failures = 0;
  private muteStreams = 0;
  private online = false;

  constructor(plane: ControlPlane, replica: Replica, events: FollowerEvents, timing: Timing) {
    this.plane = plane;
    this.replica = replica;
    this.events = events;
    this.timing = timing;
  }

  /** Follows until it is stopped. Never rejects. */
  async run(): Promise<void> {
    while (!this.end.signal.aborted) {
      try {
        if (this.replica.needsSnapshot) await this.takeSnapshot();
        if (this.muteStreams < MUTE_STREAMS) await this.stream();
        else await this.poll();
        this.failures += 1;
        await pause(backoff(this.failures, this.timing), this.end.signal);
      } catch (error) {
        if (!this.end.signal.aborted) await pause(this.failed(error as Error), this.end.signal);
      }
    }
  }

  stop(): void {
    this.end.abort();
  }

  private failed(error: Error): number {
    this.failures += 1;
    this.online = false;
    const refused = error instanceof FetchError && (error.status === 401 || error.status === 403);
    this.events.onError(refused ? keyRefused(error) : error);
    return refused ? jitter(this.timing.refusedMs) : backoff(this.failures, this.timing);
  }

  private async takeSnapshot(): Promise<void> {
    const policy = await this.plane.snapshot(this.end.signal);
    const before = this.replica.snapshot;
    this.replica.take(policy);
    this.nowOnline();
    this.events.onHeard();
    if (before !== this.replica.snapshot) this.events.onChange();
  }

  /** Follows the stream until it ends. */
  private async stream(): Promise<void> {
    const cut = new AbortController();
    const silence = setTimeout(() => cut.abort(new FetchError('the stream of changes fell silent')), this.timing.silenceMs);
    silence.unref();
    let opened = false;
    let spoke = false;
    try {
      const changes = await this.plane.changes(this.replica.version, AbortSignal.any([this.end.signal, cut.signal]));
      opened = true;
      if ('page' in changes) return await this.applyPage(changes.page);
      const onBytes = () => {
        spoke = true;
        silence.refresh();
      };
      for await (const event of readEvents(changes.stream, onBytes)) await this.handle(event);
    } catch (error) {
      // There are enough streams by this key: whoever gets none of them asks at intervals.
      if (error instanceof FetchError && error.code === 'too_many_requests') this.muteStreams = MUTE_STREAMS;
      await this.refused(error);
    } finally {
      clearTimeout(silence);
      if (cut.signal.aborted || (opened && !spoke)) this.muteStreams += 1;
      else if (spoke) this.muteStreams = 0;
      cut.abort();
    }
  }

  private async handle(event: StreamEvent): Promise<void> {
    if (event.name === 'heartbeat') return this.hear(readHead(event.data));
    if (event.name !== 'change') return;
    await this.apply(readDelta(parse(event.data)));
    this.heard();
  }

  /** Asks at intervals, until it is time to try a stream again. */
  private async poll(): Promise<void> {
    const until = performance.now() + this.timing.streamAgainMs;
    while (performance.now() < until && !this.end.signal.aborted) {
      await this.askOnce();
      await pause(jitter(this.timing.pollMs), this.end.signal);
    }
    this.muteStreams = MUTE_STREAMS - 1;
  }

  private async askOnce(): Promise<void> {
    try {
      let page;
      do {
        page = await this.plane.changesPage(this.replica.version, this.end.signal);
        await this.applyPage(page);
      } while (page.more && page.deltas.length > 0);
    } catch (error) {
      await this.refused(error);
    }
  }

  private async applyPage(page: { revision: number; deltas: readonly unknown[]; more: boolean }): Promise<void> {
    for (const delta of page.deltas) await this.apply(readDelta(delta));
    this.heard();
    if (!page.more) await this.hear(page.revision, { asked: true });
  }

  private async apply(delta: ReturnType<typeof readDelta>): Promise<void> {
    const result = this.replica.apply(delta);
    if (result === 'gap') await this.takeSnapshot();
    else if (result === 'applied') this.events.onChange();
  }

  /** Takes in how far the control plane is. Where this replica is behind, a change was lost on the way: it is asked for. */
  private async hear(head: number, { asked = false } = {}): Promise<void> {
    const state = this.replica.hear(head);
    if (state === 'ahead') throw new SnapshotError(aheadMessage(this.replica.revision, head));
    this.heard();
    if (state === 'behind') await (asked ? this.takeSnapshot() : this.askOnce());
  }

  /** 410 and 409 say that the revision held here cannot be followed from. */
  private async refused(error: unknown): Promise<void> {
    if (error instanceof FetchError && error.code === 'revision_gone') return this.takeSnapshot();
    if (error instanceof FetchError && error.code === 'revision_ahead') this.replica.distrustDeltas();
    throw error instanceof LicetError ? error : new FetchError(`the stream of changes broke off: ${messageOf(error)}`, { cause: error });
  }

  /** The changes get through. A snapshot alone does not say so: where only snapshots do, they are taken ever more seldom. */
  private heard(): void {
    this.failures = 0;
    this.nowOnline();
    this.events.onHeard();
  }

  private nowOnline(): void {
    if (this.online) return;
    this.online = true;
    this.events.onOnline();
  }
}

function keyRefused({ message, status, code }: FetchError): FetchError {
  const remedy = status === 401 ? 'check LICET_API_KEY' : 'give the service account of this key the role `licet.application`';
  return new FetchError(`${message} (${remedy})`, { status, code });
}

function aheadMessage(held: number, head: number): string {
  return `the control plane is at revision ${head}, behind the ${held} held here, which stays in force until it has caught up`;
}
