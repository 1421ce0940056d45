import { LicetError, type ReservedPermission, TENANT_PERMISSIONS } from '@licet/contract';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { type Actor, lacks, lacksOverAll } from './access.ts';
import { CONFINES, type Need, NEEDS } from './needs.decorator.ts';
import { type Reach, Reaches } from './reach.service.ts';
import { demandFactor, demandRecentProof, STEP_UP } from './step-up.ts';

/** The one guard of the admin API: deny by default, decided by the engine. */
@Injectable()
export class AccessGuard extends AuthGuard(['operator-session', 'api-key']) {
  constructor(
    private readonly reflector: Reflector,
    private readonly reaches: Reaches,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const need = this.reflector.get<Need | undefined>(NEEDS, context.getHandler());
    if (!need) throw new LicetError('forbidden', 'this route declares no permission');
    if (need === 'nothing') return true;
    await super.canActivate(context);
    const request = context.switchToHttp().getRequest<FastifyRequest & { reach?: Reach }>();
    const actor = actorOf(request);
    if (need !== 'signed-in') {
      demandFactor(actor);
      request.reach = await this.#reach(context, actor, need);
    }
    if (this.reflector.get<boolean | undefined>(STEP_UP, context.getHandler())) demandRecentProof(actor);
    return true;
  }

  async #reach(context: ExecutionContext, actor: Actor, need: Exclude<Need, 'nothing' | 'signed-in'>): Promise<Reach> {
    const reach = await this.reaches.of(actor.id, need);
    const confines = this.reflector.get<boolean | undefined>(CONFINES, context.getHandler()) ?? false;
    const ofTenants = confines && TENANT_PERMISSIONS.includes(need as ReservedPermission);
    if (reach?.length === 0) throw lacks(need, actor.id);
    if (reach && !ofTenants) throw lacksOverAll(need, actor.id);
    return reach;
  }

  override handleRequest<T>(error: unknown, user: T | false): T {
    if (error) throw error as Error;
    if (!user) throw new LicetError('unauthenticated', 'sign in, or send an API key as `Authorization: Bearer lct_...`');
    return user;
  }
}

/** Who is calling, once the guard has let the request in. */
export function actorOf(request: FastifyRequest): Actor {
  const { user } = request as FastifyRequest & { user?: Actor };
  if (!user) throw new LicetError('unauthenticated', 'sign in first');
  return user;
}

/** How far the permission that the route asked for reaches: only for routes that declare `@Confines()`. */
export const reachOf = (request: FastifyRequest): Reach => (request as FastifyRequest & { reach?: Reach }).reach;
