import { Controller, Inject, Post, Req, Res, type Type } from '@nestjs/common';
import type { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { answerCan } from './can.ts';
import type { Licet } from './licet.ts';
import { asking, Public, type LicetModuleOptions, type NestRequest } from './nest-options.ts';
import type { Mode } from './settings.ts';

export type CanParts = [LicetModuleOptions, Licet<Mode>, ModuleRef, HttpAdapterHost];

/** Answers what a page asks about whoever is signed in. */
export class CanAnswerer {
  private readonly parts: CanParts;

  constructor(...parts: CanParts) {
    this.parts = parts;
  }

  async answer(request: NestRequest, response: unknown): Promise<void> {
    const [options, licet, moduleRef, { httpAdapter }] = this.parts;
    const { status, headers, body } = await answerCan(licet, asking(options, {}, moduleRef), request, request.body);
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, body, status);
  }
}

/**
 * Makes the controller that answers `useCan()` of `@licet/sdk-node/react`: about whoever is signed in, with booleans.
 * @param path of the route
 */
export function canController(path = 'can'): Type {
  class CanController {
    private readonly answerer: CanAnswerer;

    constructor(answerer: CanAnswerer) {
      this.answerer = answerer;
    }

    answer(request: NestRequest, response: unknown): Promise<void> {
      return this.answerer.answer(request, response);
    }
  }
  const { prototype } = CanController;
  const handler = Object.getOwnPropertyDescriptor(prototype, 'answer')!;
  Controller(path)(CanController);
  Inject(CanAnswerer)(CanController, undefined, 0);
  for (const decorate of [Post(), Public()]) decorate(prototype, 'answer', handler);
  for (const [index, decorate] of [Req(), Res()].entries()) decorate(prototype, 'answer', index);
  return CanController;
}
