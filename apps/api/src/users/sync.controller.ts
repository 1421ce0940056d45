import { isDeepStrictEqual } from 'node:util';
import { REASON_HEADER, REVISION_HEADER, UserSyncRequest, type UserSyncResponse } from '@licet/contract';
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { Changes } from '../changes/changes.service.ts';
import type { EntityManager } from '../database/orm.ts';
import { parseStrictly, reasonFrom } from '../http/input.ts';
import { User } from './user.entity.ts';
import { canonicalKey, newUser } from './users.collection.ts';

@Controller('api/v1/users/sync')
export class UserSyncController {
  constructor(private readonly changes: Changes) {}

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
    const { revision, touched } = await this.changes.commit(actorOf(request), { reason }, (em) => upsert(em, wanted));
    reply.header(REVISION_HEADER, revision);
    const created = touched.filter(({ before }) => !before).length;
    return { revision, created, updated: touched.length - created, unchanged: new Set(wanted.map(({ id }) => id)).size - touched.length };
  }
}

/** One after another: SDKs cut long lists into several requests, and where they do must not matter. */
async function upsert(em: EntityManager, wanted: UserSyncRequest['users']): Promise<void> {
  const known = new Map((await em.find(User, { id: { $in: wanted.map(({ id }) => id) } })).map((user) => [user.id, user]));
  for (const { id, name, enabled, attributes } of wanted) {
    const user = known.get(id) ?? newUser(em, { id, name: null, enabled: true, attributes: {} });
    known.set(id, user);
    if (name !== undefined) user.name = name;
    if (enabled !== undefined) user.enabled = enabled;
    // Other members in another order are the same attributes.
    if (attributes !== undefined && !isDeepStrictEqual(attributes, user.attributes)) user.attributes = attributes;
  }
}
