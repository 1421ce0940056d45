import { DeclareRequest, type DeclareResponse, isReserved, LicetError, REASON_HEADER, REVISION_HEADER, splitKey } from '@licet/contract';
import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/access.guard.ts';
import { Needs } from '../access/needs.decorator.ts';
import { Changes } from '../changes/changes.service.ts';
import type { EntityManager } from '../database/orm.ts';
import { parseStrictly, reasonFrom } from '../http/input.ts';
import { Permission, ResourceType } from './resource-type.entity.ts';

@Controller('api/v1/resource-types/declare')
export class DeclareController {
  constructor(private readonly changes: Changes) {}

  @Post()
  @HttpCode(200)
  @Needs('licet.resource-type:declare')
  async declare(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeclareResponse> {
    const { permissions, dryRun } = parseStrictly(DeclareRequest, body ?? {});
    demandNotReserved(permissions);
    const reason = reasonFrom(request.headers[REASON_HEADER]) || 'declared by an application';
    const { revision, result } = await this.changes.commit(actorOf(request), { reason, dryRun }, (em) => add(em, new Set(permissions)));
    reply.header(REVISION_HEADER, revision);
    return { revision, ...result };
  }
}

function demandNotReserved(permissions: string[]): void {
  const errors = permissions.flatMap((permission, index) =>
    isReserved(permission)
      ? [{ path: `permissions[${index}]`, message: `\`${permission}\` is part of Licet; declare resource types of your own` }]
      : [],
  );
  if (errors[0]) throw new LicetError('invalid_request', `${errors[0].path}: ${errors[0].message}`, { errors });
}

async function add(em: EntityManager, declared: Set<string>): Promise<Omit<DeclareResponse, 'revision'>> {
  const types = [...new Set([...declared].map((permission) => splitKey(permission).type))];
  const known = new Map((await em.find(ResourceType, { id: { $in: types } })).map((type) => [type.id, type]));
  const present = await em.find(Permission, { resourceType: { $in: types } });
  const ids = new Set(present.map(({ id }) => id));
  const created = [...declared].filter((permission) => !ids.has(permission)).sort();
  for (const id of types) if (!known.has(id)) em.create(ResourceType, { id, description: '', attributes: {} });
  for (const id of created) {
    const { type, rest: action } = splitKey(id);
    const last = Math.max(-1, ...present.filter(({ resourceType }) => resourceType === type).map(({ position }) => position));
    present.push(em.create(Permission, { id, resourceType: type, action, description: '', position: last + 1 }));
    // Whoever is editing the actions of the type meanwhile has not seen this one: a new version keeps them from removing it.
    const edited = known.get(type);
    if (edited) edited.updatedAt = new Date();
  }
  return { created, undeclared: [...ids].filter((id) => !declared.has(id)).sort() };
}
