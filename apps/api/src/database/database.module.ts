import { Global, Module } from '@nestjs/common';
import type { ApiSettings } from '../settings.ts';
import type { Databases } from './orm.ts';

export const DATABASES = Symbol('databases');
export const SETTINGS = Symbol('settings');

@Global()
@Module({})
export class DatabaseModule {
  static on(settings: ApiSettings, databases: Databases) {
    const providers = [
      { provide: SETTINGS, useValue: settings },
      { provide: DATABASES, useValue: databases },
    ];
    return { module: DatabaseModule, providers, exports: [DATABASES, SETTINGS] };
  }
}
