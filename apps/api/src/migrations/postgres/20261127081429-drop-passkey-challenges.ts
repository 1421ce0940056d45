import { Migration } from '@mikro-orm/migrations';

export class Migration20261127081429 extends Migration {
  override up(): void {
    this.addSql("drop table if exists \"passkey_challenges\" cascade");
  }
}
