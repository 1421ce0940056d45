import type { ReplicaStatus } from '@licet/contract';
import type { ControlPlane } from './control-plane.ts';
import type { Timing } from './timing.ts';

/** Tells the control plane what this replica holds: after each change, and at intervals. One report is under way at a time. */
export class StatusReporter {
  private readonly plane: ControlPlane;
  private readonly status: () => ReplicaStatus;
  private readonly onError: (error: Error) => void;
  private readonly timer: NodeJS.Timeout;
  private sending = false;
  private again = false;
  private stopped = false;

  constructor(plane: ControlPlane, status: () => ReplicaStatus, timing: Timing, onError: (error: Error) => void) {
    this.plane = plane;
    this.status = status;
    this.onError = onError;
    this.timer = setInterval(() => this.report(), timing.statusMs);
    this.timer.unref();
  }

  /** Reports now; if a report is under way, once more after it. */
  report(): void {
    if (this.sending) this.again = true;
    else void this.send();
  }

  stop(): void {
    clearInterval(this.timer);
    this.again = false;
    this.stopped = true;
  }

  private async send(): Promise<void> {
    this.sending = true;
    try {
      do {
        this.again = false;
        await this.plane.report(this.status());
      } while (this.again);
    } catch (error) {
      if (!this.stopped) this.onError(error as Error);
    } finally {
      this.sending = false;
    }
  }
}
