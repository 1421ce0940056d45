import { defineEntity, p } from '@mikro-orm/core';

const InvoiceSchema = defineEntity({
  name: 'Invoice',
  properties: {
    id: p.string().primary(),
    company: p.string(),
    owner: p.string(),
    title: p.string(),
    amount: p.double(),
    approvedBy: p.string().nullable(),
  },
});
export class Invoice extends InvoiceSchema.class {}
InvoiceSchema.setClass(Invoice);
