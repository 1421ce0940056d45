/**
 * What an application changes: its own users, and who has which role. Every write waits for the network, and gives the revision that knows
 * it, for `atLeast`.
 */
import { DEFAULT_TENANT, userKey, type UserSyncResponse } from '@licet/contract';
import { BATCH } from './batch.ts';
import type { ControlPlane, UserInput } from './control-plane.ts';
import { toSubject, type SubjectInput } from './question.ts';

/** Who has a role: a user, as questions name it, or all members of a group. */
export type HolderInput = SubjectInput | { group: string };

/** Where a role counts. */
export interface RevokeOptions {
  /** The tenant that it counts in; `*` for every tenant. `default` if left out. */
  tenant?: string | undefined;
  /** The one resource that it counts for, as `type:id` or with both. Left out: for all. */
  resource?: string | { type: string; id: string } | undefined;
  /** For the audit trail, in which the API key stands as who did it. */
  reason?: string | undefined;
}

/** Where and when a role counts. */
export interface AssignOptions extends RevokeOptions {
  /** From when it is in force; at once if left out. */
  startsAt?: Date | string | undefined;
  /** Until when it is in force; for ever if left out. */
  expiresAt?: Date | string | undefined;
}

export class Writes {
  private readonly plane: ControlPlane;
  private readonly settled: (revision: number) => Promise<void>;

  /** @param settled waits until a revision is known here */
  constructor(plane: ControlPlane, settled: (revision: number) => Promise<void>) {
    this.plane = plane;
    this.settled = settled;
  }

  async syncUsers(users: readonly UserInput[]): Promise<UserSyncResponse> {
    const total: UserSyncResponse = { revision: 0, created: 0, updated: 0, unchanged: 0, stayedDisabled: [] };
    for (let start = 0; start < users.length; start += BATCH.items) {
      const part = await this.plane.syncUsers(users.slice(start, start + BATCH.items));
      total.revision = part.revision;
      for (const count of ['created', 'updated', 'unchanged'] as const) total[count] += part[count];
      total.stayedDisabled.push(...(part.stayedDisabled ?? []));
    }
    await this.settled(total.revision);
    return total;
  }

  async assign(holder: HolderInput, role: string, { startsAt, expiresAt, ...where }: AssignOptions): Promise<number> {
    const times = { startsAt: timeOf('startsAt', startsAt), expiresAt: timeOf('expiresAt', expiresAt) };
    return this.write('assign', { ...terms(holder, role, where), ...times });
  }

  async revoke(holder: HolderInput, role: string, options: RevokeOptions): Promise<number> {
    return this.write('revoke', terms(holder, role, options));
  }

  private async write(what: 'assign' | 'revoke', body: object): Promise<number> {
    const { revision } = await this.plane.write(`/api/v1/assignments/${what}`, body);
    await this.settled(revision);
    return revision;
  }
}

function terms(holder: HolderInput, role: string, { tenant = DEFAULT_TENANT, resource, reason = '' }: RevokeOptions): object {
  const where = typeof resource === 'object' ? `${resource.type}:${resource.id}` : (resource ?? null);
  return { ...holderOf(holder), role, tenant, resource: where, reason };
}

function holderOf(holder: HolderInput): object {
  if (typeof holder === 'object' && holder !== null && 'group' in holder) return { group: holder.group };
  const { type, id } = toSubject(holder);
  return { user: userKey(type, id) };
}

/** @throws TypeError naming the member that is no time */
function timeOf(member: string, time: unknown): string | null {
  if (time === undefined || time === null) return null;
  if (typeof time === 'string') return time;
  if (time instanceof Date && !Number.isNaN(time.getTime())) return time.toISOString();
  throw new TypeError(`\`${member}\` must be a valid Date, or a time as text such as \`2027-01-01T00:00:00Z\``);
}
