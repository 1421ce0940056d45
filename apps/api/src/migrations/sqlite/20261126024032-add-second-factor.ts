import { Migration } from '@mikro-orm/migrations';

export class Migration20261126024032 extends Migration {
  override up(): void {
    this.addSql("create table `recovery_codes` (`id` text not null primary key, `user_id` text not null, constraint `recovery_codes_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on delete cascade)");
    this.addSql("create index `recovery_codes_user_index` on `recovery_codes` (`user_id`)");
    this.addSql("alter table `operator_uses` add column `totp_step` integer not null default 0");
    this.addSql("alter table `operators` add column `totp_secret` text null");
    this.addSql("alter table `operators` add column `second_factor_at` datetime null");
  }
}
