import { Migration } from '@mikro-orm/migrations';

export class Migration20261126042453 extends Migration {
  override up(): void {
    this.addSql("create table \"passkey_challenges\" (\"id\" varchar(64) not null, \"challenge\" varchar(64) not null, \"purpose\" varchar(500) not null, \"expires_at\" timestamptz(3) not null, primary key (\"id\"))");
    this.addSql("create index \"passkey_challenges_expires_index\" on \"passkey_challenges\" (\"expires_at\")");
    this.addSql("create table \"operator_passkeys\" (\"id\" varchar(36) not null, \"user_id\" varchar(400) not null, \"name\" varchar(100) not null, \"credential_id\" varchar(1400) not null, \"public_key\" text not null, \"counter\" bigint not null default '0', \"transports\" jsonb not null, \"backed_up\" boolean not null, \"created_at\" timestamptz(3) not null, \"last_used_at\" timestamptz(3) null, primary key (\"id\"))");
    this.addSql("create index \"operator_passkeys_user_index\" on \"operator_passkeys\" (\"user_id\")");
    this.addSql("alter table \"operator_passkeys\" add constraint \"operator_passkeys_credential_id_unique\" unique (\"credential_id\")");
    this.addSql("alter table \"operators\" add \"passkeys\" int not null default 0");
    this.addSql("alter table \"operator_passkeys\" add constraint \"operator_passkeys_user_id_foreign\" foreign key (\"user_id\") references \"users\" (\"id\") on delete cascade");
  }
}
