import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { ApiSettings } from '../settings.ts';
import { type Databases, openDatabases } from './orm.ts';

export const DATABASES = Symbol('databases');
export const SETTINGS = Symbol('settings');

@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DATABASES) private readonly databases: Databases) {}

  static forSettings(settings: ApiSettings) {
    const providers = [
      { provide: SETTINGS, useValue: settings },
      { provide: DATABASES, useFactory: () => openDatabases(settings) },
    ];
    return { module: DatabaseModule, providers, exports: [DATABASES, SETTINGS] };
  }

  onApplicationShutdown(): Promise<void> {
    return this.databases.close();
  }
}
