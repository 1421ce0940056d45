import { COLLECTIONS, type ReplicaStatus, STATUS_MS, type DecisionPoint, LicetError, ListQuery, type Page } from '@licet/contract';
import { Controller, Get, Injectable, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Needs } from '../access/needs.decorator.ts';
import type { Row } from '../database/rows.ts';
import { demandKnown } from '../http/collection.ts';
import { parse } from '../http/input.ts';

type Point = z.infer<typeof DecisionPoint>;
const FORGET_MS = 24 * 3_600_000;
const MOST = 10_000;

/** What the replicas last said of themselves. Kept in memory: each says it again within seconds. */
@Injectable()
export class DecisionPoints {
  readonly #points = new Map<string, ReplicaStatus & { user: string; at: number }>();

  report(status: ReplicaStatus, user: string): void {
    const known = this.#points.get(status.instance);
    if (known && known.user !== user) throw new LicetError('forbidden', 'instance: this id is used by another application');
    if (!known && this.#points.size >= MOST) this.#forget();
    this.#points.delete(status.instance); // so that it becomes the newest
    this.#points.set(status.instance, { ...status, user, at: Date.now() });
  }

  list(): Point[] {
    this.#forget();
    return [...this.#points.values()].map(({ instance, name, sdk, revision, ageMs, at }) => ({
      ...{ id: instance, name, sdk, revision, ageMs, lastSeenAt: new Date(at).toISOString() },
      connected: Date.now() - at < 3 * STATUS_MS,
    }));
  }

  #forget(): void {
    const limit = Date.now() - FORGET_MS;
    for (const [id, { at }] of this.#points) if (at < limit) this.#points.delete(id);
    // Insertion order is age: those that were silent for longest go first where there are too many.
    for (const id of this.#points.keys()) {
      if (this.#points.size < MOST) break;
      this.#points.delete(id);
    }
  }
}

@Controller('api/v1/decision-points')
export class DecisionPointsController {
  constructor(private readonly points: DecisionPoints) {}

  @Get()
  @Needs('licet.decision-point:read')
  list(@Query() query: Row): Page<Point> {
    const { q, page, perPage, sort = 'name', order } = parse(ListQuery, query);
    demandKnown(query, COLLECTIONS['decision-points']);
    if (sort !== 'name' && sort !== 'lastSeenAt')
      throw new LicetError('invalid_request', `sort: use one of ${COLLECTIONS['decision-points'].sort.join(', ')}`);
    const text = q.trim().toLowerCase();
    const found = this.points.list().filter(({ id, name, sdk }) => [id, name, sdk].some((value) => value.toLowerCase().includes(text)));
    found.sort((a, b) => a[sort].localeCompare(b[sort]) || a.id.localeCompare(b.id));
    if (order === 'desc') found.reverse();
    return { items: found.slice((page - 1) * perPage, page * perPage), total: found.length };
  }

  @Get(':id')
  @Needs('licet.decision-point:read')
  read(@Param('id') id: string): Point {
    const point = this.points.list().find((each) => each.id === id);
    if (!point) throw new LicetError('not_found', `there is no decision point \`${id}\``);
    return point;
  }
}
