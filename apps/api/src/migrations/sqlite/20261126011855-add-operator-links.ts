import { Migration } from '@mikro-orm/migrations';

export class Migration20261126011855 extends Migration {
  override up(): void {
    this.addSql("create table `operator_uses` (`user_id` text not null primary key, `last_sign_in_at` datetime not null, constraint `operator_uses_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on update cascade on delete cascade)");
    this.addSql("create index `operator_uses_user_id_index` on `operator_uses` (`user_id`)");
    this.addSql("alter table `sessions` add column `address` text not null default ''");
    this.addSql("alter table `sessions` add column `user_agent` text not null default ''");
    this.addSql("alter table `operators` add column `enabled` integer not null default true");
    this.addSql("alter table `operators` add column `password_changed_at` datetime null");
    this.addSql("alter table `operators` add column `link_hash` text null");
    this.addSql("alter table `operators` add column `link_expires_at` datetime null");
  }
}
