/**
 * What a standalone decision point is made of: a replica that follows the control plane, its decision log, and the control plane's routes.
 * Applications use {@link Licet} of the main entry instead.
 */
import { ControlPlane } from './control-plane.ts';
import { LocalDecisionPoint, type LocalEvents } from './local.ts';
import { readSettings, type LicetOptions } from './settings.ts';

export type { ControlPlane } from './control-plane.ts';
export { ConfigError, FetchError, LicetError, SnapshotError, messageOf } from './errors.ts';
export type { LocalDecisionPoint, LocalEvents } from './local.ts';

export interface DecisionPointOptions extends LicetOptions<'local'> {
  /** False: `snapshotPath` is read at the start and never written, because another process does that. */
  savesSnapshot?: boolean;
}

/**
 * Opens a replica that answers from this process.
 * @param events are told what happens in the background
 * @throws ConfigError naming the setting that is missing or wrong
 */
export function openDecisionPoint(options: DecisionPointOptions, events: LocalEvents): { plane: ControlPlane; point: LocalDecisionPoint } {
  const settings = readSettings(options);
  const plane = new ControlPlane(settings.fetcher, settings.timing.timeoutMs);
  return { plane, point: new LocalDecisionPoint(plane, { ...settings, savesSnapshot: options.savesSnapshot ?? true }, events) };
}
