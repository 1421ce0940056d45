import { Migration } from '@mikro-orm/migrations';

export class Migration20261126042745 extends Migration {
  override up(): void {
    this.addSql("create table `used_sign_ins` (`id` text not null primary key, `expires_at` datetime not null)");
    this.addSql("create table `operator_identities` (`user_id` text not null primary key, `issuer` text not null, `subject` text not null, `assignments` json not null, `created_at` datetime not null, constraint `operator_identities_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on update cascade on delete no action)");
    this.addSql("create index `operator_identities_user_id_index` on `operator_identities` (`user_id`)");
    this.addSql("create unique index `operator_identities_issuer_subject_unique` on `operator_identities` (`issuer`, `subject`)");
  }
}
