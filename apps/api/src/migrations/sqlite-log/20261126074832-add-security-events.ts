import { Migration } from '@mikro-orm/migrations';

export class Migration20261126074832 extends Migration {
  override up(): void {
    this.addSql("create table `security_events` (`id` text not null primary key, `at` datetime not null, `until` datetime not null, `event` text not null, `outcome` text not null, `actor` text null, `target` text null, `method` json not null, `detail` text null, `address` text null, `route` text null, `count` integer not null)");
    this.addSql("create index `security_events_at_index` on `security_events` (`at`)");
    this.addSql("create index `security_events_actor_at_index` on `security_events` (`actor`, `at`)");
  }
}
