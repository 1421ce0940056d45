import { Migration } from '@mikro-orm/migrations';

export class Migration20261126024032 extends Migration {
  override up(): void {
    this.addSql("create table \"recovery_codes\" (\"id\" varchar(64) not null, \"user_id\" varchar(400) not null, primary key (\"id\"))");
    this.addSql("create index \"recovery_codes_user_index\" on \"recovery_codes\" (\"user_id\")");
    this.addSql("alter table \"operator_uses\" add \"totp_step\" int not null default 0");
    this.addSql("alter table \"operators\" add \"totp_secret\" text null, add \"second_factor_at\" timestamptz(3) null");
    this.addSql("alter table \"recovery_codes\" add constraint \"recovery_codes_user_id_foreign\" foreign key (\"user_id\") references \"users\" (\"id\") on delete cascade");
  }
}
