import { isDeepStrictEqual } from 'node:util';
import { REASON_HEADER, REVISION_HEADER, UserSyncRequest, type UserSyncResponse } from '@licet/contract';
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mayUse } from '../access/access.ts';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { Changes } from '../changes/changes.service.ts';
import type { EntityManager } from '../database/orm.ts';
import { parseStrictly, reasonFrom } from '../http/input.ts';
import { PolicyState } from '../replication/policy-state.ts';
import { disabledBy } from './disabled-by.ts';
import { User } from './user.entity.ts';
import { canonicalKey, newUser } from './users.collection.ts';

@Controller('api/v1/users/sync')
export class UserSyncController {
  constructor(
    private readonly changes: Changes,
    private readonly state: PolicyState,
  ) {}

  @Post()
  @HttpCode(200)
  @Needs('licet.user:sync')
  async sync(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserSyncResponse> {
    const { users } = parseStrictly(UserSyncRequest, body ?? {});
    const wanted = users.map((user, index) => ({ ...user, id: canonicalKey(user.id, `users[${index}].id`) }));
    const reason = reasonFrom(request.headers[REASON_HEADER]) || 'user sync';
    const actor = actorOf(request);
    const { result, revision, touched } = await this.changes.commit(actor, { reason }, async (em) => {
      const stayed = mayUse(this.state.snapshot, actor.id, 'licet.user:update') ? [] : await whoStays(em, wanted, actor.id);
      await upsert(em, wanted, new Set(stayed));
      return stayed;
    });
    reply.header(REVISION_HEADER, revision);
    const created = touched.filter(({ before }) => !before).length;
    const [updated, named] = [touched.length - created, new Set(wanted.map(({ id }) => id)).size];
    return { revision, created, updated, unchanged: named - touched.length, stayedDisabled: result };
  }
}

type Wanted = UserSyncRequest['users'];

/** Those who are to be enabled, and were disabled by somebody else. */
async function whoStays(em: EntityManager, wanted: Wanted, actor: string): Promise<string[]> {
  const enabled = wanted.filter((user) => user.enabled === true).map(({ id }) => id);
  const disabled = (await em.find(User, { id: { $in: enabled }, enabled: false })).map(({ id }) => id);
  const by = await disabledBy(em, disabled);
  return disabled.filter((id) => by.get(id) !== actor);
}

/** One after another: SDKs cut long lists into several requests, and where they do must not matter. */
async function upsert(em: EntityManager, wanted: Wanted, stayed: Set<string>): Promise<void> {
  const known = new Map((await em.find(User, { id: { $in: wanted.map(({ id }) => id) } })).map((user) => [user.id, user]));
  for (const { id, name, enabled, attributes } of wanted) {
    const user = known.get(id) ?? newUser(em, { id, name: null, enabled: true, attributes: {} });
    known.set(id, user);
    if (name !== undefined) user.name = name;
    if (enabled !== undefined && !stayed.has(id)) user.enabled = enabled;
    // Other members in another order are the same attributes.
    if (attributes !== undefined && !isDeepStrictEqual(attributes, user.attributes)) user.attributes = attributes;
  }
}
