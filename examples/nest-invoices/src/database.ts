import { MikroORM } from '@mikro-orm/sqlite';
import { Invoice } from './invoice.entity.ts';

/** Opens the database; a new one gets some invoices to look at. */
export async function openDatabase(file: string): Promise<MikroORM> {
  const orm = await MikroORM.init({ entities: [Invoice], dbName: file });
  await orm.schema.update();
  const em = orm.em.fork();
  if ((await em.count(Invoice)) === 0) {
    const invoice = (id: string, company: string, owner: string, title: string, amount: number) =>
      em.create(Invoice, { id, company, owner, title, amount, approvedBy: null });
    invoice('i1', 'acme', 'cleo', 'Desk lamps', 420);
    invoice('i2', 'acme', 'cleo', 'Server room', 18_500);
    invoice('i3', 'acme', 'abe', 'Train tickets', 96.4);
    invoice('i4', 'globex', 'gina', 'Coffee', 250);
    await em.flush();
  }
  return orm;
}
