import { LicetError } from '@licet/contract';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { PolicyState } from '../replication/policy-state.ts';
import { type Actor, mayUse } from './access.ts';
import { type Need, NEEDS } from './needs.decorator.ts';

/** The one guard of the admin API: deny by default, decided by the engine. */
@Injectable()
export class AccessGuard extends AuthGuard(['operator-session', 'api-key']) {
  constructor(
    private readonly reflector: Reflector,
    private readonly state: PolicyState,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const need = this.reflector.get<Need | undefined>(NEEDS, context.getHandler());
    if (!need) throw new LicetError('forbidden', 'this route declares no permission');
    if (need === 'nothing') return true;
    await super.canActivate(context);
    const actor = actorOf(context.switchToHttp().getRequest<FastifyRequest>());
    if (need !== 'signed-in' && !mayUse(this.state.snapshot, actor.id, need)) {
      throw new LicetError('forbidden', `this needs the permission ${need}, which \`${actor.id}\` does not hold`);
    }
    return true;
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
