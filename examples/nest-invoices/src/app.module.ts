import { MikroORM } from '@mikro-orm/sqlite';
import { Module, type DynamicModule } from '@nestjs/common';
import { LicetModule, type LicetModuleOptions } from '@licet/sdk-node/nest';
import { InvoicesController } from './invoices.controller.ts';
import { Invoices } from './invoices.service.ts';

@Module({})
export class AppModule {
  /** @param licet what the guard asks: a Licet, or the settings of one */
  static forRoot(licet: LicetModuleOptions['licet'], orm: MikroORM): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LicetModule.forRoot({
          ...(licet && { licet }),
          // For demonstration: nobody has to prove who they are. Put your own sign-in here.
          subject: ({ headers }) => (typeof headers['x-user'] === 'string' ? { id: headers['x-user'] } : undefined),
          tenant: ({ params }) => params['company'],
          denyByDefault: true,
        }),
      ],
      controllers: [InvoicesController],
      providers: [Invoices, { provide: MikroORM, useValue: orm }],
    };
  }
}
