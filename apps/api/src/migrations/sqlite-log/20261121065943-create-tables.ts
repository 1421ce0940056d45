import { Migration } from '@mikro-orm/migrations';

export class Migration20261121065943 extends Migration {
  override up(): void {
    this.addSql("create table `decisions` (`id` text not null primary key, `at` datetime not null, `subject` text not null, `action` text not null, `resource_type` text not null, `resource` text not null, `tenant` text not null, `decision` integer not null, `reason` text not null, `path` json null, `errors` json not null, `revision` integer not null, `request` json not null, `source` text not null, `api_key` text null)");
    this.addSql("create index `decisions_at_index` on `decisions` (`at`)");
    this.addSql("create index `decisions_subject_at_index` on `decisions` (`subject`, `at`)");
    this.addSql("create index `decisions_resource_at_index` on `decisions` (`resource`, `at`)");
  }
}
