import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import Fastify from 'fastify';
import { newDatabase } from '../../test/api.ts';
import { createApi } from '../app.ts';
import { AppModule } from '../app.module.ts';
import { Needs } from './needs.decorator.ts';
import { RawRoutes, undeclaredHandlers } from './route-check.ts';

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

describe('the check of all routes', () => {
  const forSettings = AppModule.forSettings.bind(AppModule);
  afterEach(() => {
    AppModule.forSettings = forSettings;
  });

  it('finds the handler that declares no permission', async () => {
    const app = await NestFactory.create<NestFastifyApplication>(ForgetfulModule, new FastifyAdapter(), { logger: false });
    expect(undeclaredHandlers(app)).toEqual(['ForgottenController.forgotten']);
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

  it('keeps the api from starting', async () => {
    AppModule.forSettings = (settings) => {
      const module = forSettings(settings);
      return { ...module, controllers: [...(module.controllers ?? []), ForgottenController] };
    };
    const { settings, remove } = await newDatabase('sqlite');
    await expect(createApi(settings)).rejects.toThrow('these routes declare no permission: ForgottenController.forgotten');
    remove();
  });
});
