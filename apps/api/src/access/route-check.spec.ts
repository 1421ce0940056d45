import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import Fastify from 'fastify';
import { newDatabase } from '../../test/api.ts';
import { createApi } from '../app.ts';
import { AppModule } from '../app.module.ts';
import { Needs } from './needs.decorator.ts';
import { differingStepUps, RawRoutes, undeclaredHandlers } from './route-check.ts';
import { StepUp } from './step-up.ts';

@Controller('forgotten')
class ForgottenController {
  @Get()
  @Needs('licet.role:read')
  declared(): string {
    return 'declared';
  }

  @Get('open')
  @Needs('nothing')
  open(): string {
    return 'open';
  }

  @Post()
  forgotten(): string {
    return 'forgotten';
  }

  notARoute(): string {
    return 'no route';
  }
}

@Module({ controllers: [ForgottenController] })
class ForgetfulModule {}

/** A route for which the contract asks step-up, one for which it does not, and one where both say the same. */
@Controller('api/v1')
class DifferingController {
  @Post('operators/:id/link')
  @Needs('licet.operator:update')
  forgotten(): string {
    return 'no step-up';
  }

  @Post('users')
  @Needs('licet.user:create')
  @StepUp()
  undocumented(): string {
    return 'step-up';
  }

  @Post('session/password')
  @Needs('signed-in')
  @StepUp()
  agreed(): string {
    return 'step-up';
  }
}

@Module({ controllers: [DifferingController] })
class DifferingModule {}

describe('the check of all routes', () => {
  const on = AppModule.on.bind(AppModule);
  afterEach(() => {
    AppModule.on = on;
  });

  it('finds the handler that declares no permission', async () => {
    const app = await NestFactory.create<NestFastifyApplication>(ForgetfulModule, new FastifyAdapter(), { logger: false });
    expect(undeclaredHandlers(app)).toEqual(['ForgottenController.forgotten']);
    await app.close();
  });

  it('finds the handlers that do not ask for step-up as the contract says', async () => {
    const app = await NestFactory.create<NestFastifyApplication>(DifferingModule, new FastifyAdapter(), { logger: false });
    expect(differingStepUps(app)).toEqual(['POST /api/v1/operators/{id}/link', 'POST /api/v1/users']);
    await app.close();
  });

  it('finds the raw route that declares no access, whatever its method', async () => {
    const fastify = Fastify();
    const raw = new RawRoutes();
    fastify.addHook('onRoute', raw.onRoute);
    fastify.get('/declared', { config: { access: 'api-key' } as object }, () => '');
    fastify.get('/misspelt', { config: { access: 'apikey' } as object }, () => '');
    await fastify.register(
      (scope, _options, done) => {
        scope.route({ method: ['POST', 'PUT'], url: '/nested', handler: () => '' });
        done();
      },
      { prefix: '/scope' },
    );
    await fastify.ready();
    expect(raw.undeclared).toEqual(['GET /misspelt', 'HEAD /misspelt', 'POST,PUT /scope/nested']);
  });

  it.each([
    [ForgottenController, 'these routes declare no permission: ForgottenController.forgotten'],
    [DifferingController, 'code and contract differ about step-up: POST /api/v1/operators/{id}/link, POST /api/v1/users'],
  ])('keeps the api from starting', async (controller, message) => {
    AppModule.on = (settings, databases) => {
      const module = on(settings, databases);
      return { ...module, controllers: [...(module.controllers ?? []), controller] };
    };
    const { settings, remove } = await newDatabase('sqlite');
    await expect(createApi(settings)).rejects.toThrow(message);
    remove();
  });
});
