import { Migration } from '@mikro-orm/migrations';

export class Migration20261126011855 extends Migration {
  override up(): void {
    this.addSql("create table \"operator_uses\" (\"user_id\" varchar(400) not null, \"last_sign_in_at\" timestamptz(3) not null, primary key (\"user_id\"))");
    this.addSql("alter table \"sessions\" add \"address\" varchar(64) not null default '', add \"user_agent\" varchar(300) not null default ''");
    this.addSql("alter table \"operators\" add \"enabled\" boolean not null default true, add \"password_changed_at\" timestamptz(3) null, add \"link_hash\" varchar(64) null, add \"link_expires_at\" timestamptz(3) null");
    this.addSql("alter table \"operator_uses\" add constraint \"operator_uses_user_id_foreign\" foreign key (\"user_id\") references \"users\" (\"id\") on update cascade on delete cascade");
  }
}
