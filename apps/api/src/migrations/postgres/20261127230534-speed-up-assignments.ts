import { Migration } from '@mikro-orm/migrations';

export class Migration20261127230534 extends Migration {
  override up(): void {
    this.addSql("create index \"role_assignments_user_role_index\" on \"role_assignments\" (\"user_id\", \"role_id\")");
    this.addSql("create index \"role_assignments_created_at_index\" on \"role_assignments\" (\"created_at\", \"id\")");
    this.addSql("create index \"role_assignments_tenant_created_at_index\" on \"role_assignments\" (\"tenant_id\", \"created_at\", \"id\")");
  }
}
