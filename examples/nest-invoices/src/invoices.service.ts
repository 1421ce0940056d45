import { randomUUID } from 'node:crypto';
import { MikroORM } from '@mikro-orm/sqlite';
import { Injectable } from '@nestjs/common';
import { Licet } from '@licet/sdk-node';
import { Described } from '@licet/sdk-node/mikro-orm';
import { Invoice } from './invoice.entity.ts';

/** What conditions may look at. A company is a tenant of Licet, which the guard and the list name themselves. */
const described = new Described(Invoice, { ownerId: 'owner', amount: 'amount' });

/** The invoices: whose they are, and neither roles nor who may do what. */
@Injectable()
export class Invoices {
  readonly #orm: MikroORM;
  readonly #licet: Licet;

  constructor(orm: MikroORM, licet: Licet) {
    this.#orm = orm;
    this.#licet = licet;
  }

  /** All that the user may read, in one query. */
  async readableBy(user: string, company: string): Promise<Invoice[]> {
    const em = this.#orm.em.fork();
    const mayRead = await described.filter(em, this.#licet, { id: user }, 'invoice:read', { tenant: company });
    return em.find(Invoice, { $and: [{ company }, mayRead] }, { orderBy: { title: 'asc' } });
  }

  /** What the guard asks about; null where the company has no such invoice. */
  async toCheck(company = '', id = '') {
    const invoice = await this.#orm.em.fork().findOne(Invoice, { id, company });
    return invoice && described.resource(invoice);
  }

  async get(company: string, id: string): Promise<Invoice> {
    return this.#orm.em.fork().findOneOrFail(Invoice, { id, company });
  }

  async add(company: string, owner: string, title: string, amount: number): Promise<Invoice> {
    const em = this.#orm.em.fork();
    const invoice = em.create(Invoice, { id: randomUUID(), company, owner, title, amount, approvedBy: null });
    await em.flush();
    return invoice;
  }

  async approve(company: string, id: string, by: string): Promise<Invoice> {
    const em = this.#orm.em.fork();
    const invoice = await em.findOneOrFail(Invoice, { id, company });
    invoice.approvedBy = by;
    await em.flush();
    return invoice;
  }
}
