import { Migration } from '@mikro-orm/migrations';

export class Migration20261121065943 extends Migration {
  override up(): void {
    this.addSql("create table \"decisions\" (\"id\" varchar(36) not null, \"at\" timestamptz(3) not null, \"subject\" varchar(400) not null, \"action\" varchar(400) not null, \"resource_type\" varchar(400) not null, \"resource\" varchar(600) not null, \"tenant\" varchar(400) not null, \"decision\" boolean not null, \"reason\" varchar(32) not null, \"path\" jsonb null, \"errors\" jsonb not null, \"revision\" int not null, \"request\" jsonb not null, \"source\" varchar(128) not null, \"api_key\" varchar(16) null, primary key (\"id\"))");
    this.addSql("create index \"decisions_at_index\" on \"decisions\" (\"at\")");
    this.addSql("create index \"decisions_subject_at_index\" on \"decisions\" (\"subject\", \"at\")");
    this.addSql("create index \"decisions_resource_at_index\" on \"decisions\" (\"resource\", \"at\")");
  }
}
