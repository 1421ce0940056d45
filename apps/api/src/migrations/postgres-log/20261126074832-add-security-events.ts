import { Migration } from '@mikro-orm/migrations';

export class Migration20261126074832 extends Migration {
  override up(): void {
    this.addSql("create table \"security_events\" (\"id\" varchar(36) not null, \"at\" timestamptz(3) not null, \"until\" timestamptz(3) not null, \"event\" varchar(32) not null, \"outcome\" varchar(8) not null, \"actor\" varchar(400) null, \"target\" varchar(400) null, \"method\" jsonb not null, \"detail\" varchar(100) null, \"address\" varchar(64) null, \"route\" varchar(200) null, \"count\" int not null, primary key (\"id\"))");
    this.addSql("create index \"security_events_at_index\" on \"security_events\" (\"at\")");
    this.addSql("create index \"security_events_actor_at_index\" on \"security_events\" (\"actor\", \"at\")");
  }
}
