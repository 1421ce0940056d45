import { Migration } from '@mikro-orm/migrations';

export class Migration20261126042745 extends Migration {
  override up(): void {
    this.addSql("create table \"used_sign_ins\" (\"id\" varchar(64) not null, \"expires_at\" timestamptz(3) not null, primary key (\"id\"))");
    this.addSql("create table \"operator_identities\" (\"user_id\" varchar(400) not null, \"issuer\" varchar(500) not null, \"subject\" varchar(255) not null, \"assignments\" jsonb not null, \"created_at\" timestamptz(3) not null, primary key (\"user_id\"))");
    this.addSql("alter table \"operator_identities\" add constraint \"operator_identities_issuer_subject_unique\" unique (\"issuer\", \"subject\")");
    this.addSql("alter table \"operator_identities\" add constraint \"operator_identities_user_id_foreign\" foreign key (\"user_id\") references \"users\" (\"id\") on update cascade on delete no action");
  }
}
