import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import { openDatabase } from './database.ts';

const orm = await openDatabase(process.env['DATABASE'] ?? 'invoices.db');
const module = AppModule.forRoot({ name: 'nest-invoices' }, orm);
const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter({ forceCloseConnections: true }), {
  logger: ['error', 'warn'],
});
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
console.log(`Invoices are at ${(await app.getUrl()).replace('127.0.0.1', 'localhost')}`);
