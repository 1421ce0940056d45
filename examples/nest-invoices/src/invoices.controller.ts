import { BadRequestException, Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { Require, type RequireOptions } from '@licet/sdk-node/nest';
import type { Invoice } from './invoice.entity.ts';
import { Invoices } from './invoices.service.ts';

/** The invoice of the address. That there is one is nobody's business who may not read it. */
const theInvoice: RequireOptions = {
  resource: ({ params }, get) => get(Invoices).toCheck(params['company'], params['id']),
  hide: true,
};

@Controller(':company/invoices')
export class InvoicesController {
  readonly #invoices: Invoices;

  constructor(invoices: Invoices) {
    this.#invoices = invoices;
  }

  @Get()
  @Require('invoice:list')
  list(@Param('company') company: string, @Headers('x-user') user: string): Promise<Invoice[]> {
    return this.#invoices.readableBy(user, company);
  }

  @Post()
  @Require('invoice:create')
  add(@Param('company') company: string, @Headers('x-user') user: string, @Body() body: unknown): Promise<Invoice> {
    const { title, amount } = (body ?? {}) as { title?: unknown; amount?: unknown };
    if (typeof title !== 'string' || typeof amount !== 'number')
      throw new BadRequestException('Send `title`, a text, and `amount`, a number.');
    return this.#invoices.add(company, user, title, amount);
  }

  @Get(':id')
  @Require('invoice:read', theInvoice)
  read(@Param('company') company: string, @Param('id') id: string): Promise<Invoice> {
    return this.#invoices.get(company, id);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Require('invoice:read', theInvoice)
  @Require('invoice:approve', { ...theInvoice, hide: false })
  approve(@Param('company') company: string, @Param('id') id: string, @Headers('x-user') user: string): Promise<Invoice> {
    return this.#invoices.approve(company, id, user);
  }
}
