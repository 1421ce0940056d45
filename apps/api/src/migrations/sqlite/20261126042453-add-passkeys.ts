import { Migration } from '@mikro-orm/migrations';

export class Migration20261126042453 extends Migration {
  override up(): void {
    this.addSql("create table `passkey_challenges` (`id` text not null primary key, `challenge` text not null, `purpose` text not null, `expires_at` datetime not null)");
    this.addSql("create index `passkey_challenges_expires_index` on `passkey_challenges` (`expires_at`)");
    this.addSql("create table `operator_passkeys` (`id` text not null primary key, `user_id` text not null, `name` text not null, `credential_id` text not null, `public_key` text not null, `counter` bigint not null default '0', `transports` json not null, `backed_up` integer not null, `created_at` datetime not null, `last_used_at` datetime null, constraint `operator_passkeys_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on delete cascade)");
    this.addSql("create index `operator_passkeys_user_index` on `operator_passkeys` (`user_id`)");
    this.addSql("create unique index `operator_passkeys_credential_id_unique` on `operator_passkeys` (`credential_id`)");
    this.addSql("alter table `operators` add column `passkeys` integer not null default 0");
  }
}
