import { Migration } from '@mikro-orm/migrations';

export class Migration20261121065943 extends Migration {
  override up(): void {
    this.addSql("create table `audit_entries` (`id` text not null primary key, `revision` integer not null, `at` datetime not null, `actor` text not null, `via` text not null, `action` text not null, `kind` text not null, `target` text not null, `before` json null, `after` json null, `content` text not null, `reason` text not null)");
    this.addSql("create index `audit_entries_revision_index` on `audit_entries` (`revision`)");
    this.addSql("create index `audit_entries_actor_index` on `audit_entries` (`actor`)");
    this.addSql("create index `audit_entries_kind_target_index` on `audit_entries` (`kind`, `target`)");
    this.addSql("create table `changes` (`revision` integer not null primary key, `at` datetime not null, `actor` text not null, `via` text not null, `reason` text not null, `entries` integer not null, `ops` json not null)");
    this.addSql("create table `conditions` (`id` text not null primary key, `description` text not null, `expression` text not null, `tree` json not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null)");
    this.addSql("create table `groups` (`id` text not null primary key, `name` text not null, `description` text not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null)");
    this.addSql("create table `head` (`id` integer not null primary key, `revision` integer not null)");
    this.addSql("create table `resource_types` (`id` text not null primary key, `description` text not null, `attributes` json not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null)");
    this.addSql("create table `permissions` (`id` text not null primary key, `resource_type_id` text not null, `action` text not null, `description` text not null, `position` integer not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null, constraint `permissions_resource_type_id_foreign` foreign key (`resource_type_id`) references `resource_types` (`id`))");
    this.addSql("create index `permissions_resource_type_id_index` on `permissions` (`resource_type_id`)");
    this.addSql("create unique index `permissions_type_action_unique` on `permissions` (`resource_type_id`, `action`)");
    this.addSql("create table `roles` (`id` text not null primary key, `name` text not null, `description` text not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null)");
    this.addSql("create table `role_grants` (`id` text not null primary key, `role_id` text not null, `permission` text not null, `effect` text not null, `condition_id` text null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null, constraint `role_grants_role_id_foreign` foreign key (`role_id`) references `roles` (`id`), constraint `role_grants_condition_id_foreign` foreign key (`condition_id`) references `conditions` (`id`) on delete no action)");
    this.addSql("create index `role_grants_role_id_index` on `role_grants` (`role_id`)");
    this.addSql("create index `role_grants_permission_index` on `role_grants` (`permission`)");
    this.addSql("create index `role_grants_condition_id_index` on `role_grants` (`condition_id`)");
    this.addSql("create index `role_grants_role_permission_index` on `role_grants` (`role_id`, `permission`)");
    this.addSql("create table `role_inherits` (`id` text not null primary key, `role_id` text not null, `inherits_id` text not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null, constraint `role_inherits_role_id_foreign` foreign key (`role_id`) references `roles` (`id`), constraint `role_inherits_inherits_id_foreign` foreign key (`inherits_id`) references `roles` (`id`))");
    this.addSql("create index `role_inherits_role_id_index` on `role_inherits` (`role_id`)");
    this.addSql("create index `role_inherits_inherits_index` on `role_inherits` (`inherits_id`)");
    this.addSql("create unique index `role_inherits_role_inherits_unique` on `role_inherits` (`role_id`, `inherits_id`)");
    this.addSql("create table `tenants` (`id` text not null primary key, `name` text not null, `description` text not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null)");
    this.addSql("create table `resources` (`id` text not null primary key, `type_id` text not null, `tenant_id` text null, `attributes` json not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null, constraint `resources_type_id_foreign` foreign key (`type_id`) references `resource_types` (`id`), constraint `resources_tenant_id_foreign` foreign key (`tenant_id`) references `tenants` (`id`) on delete no action)");
    this.addSql("create index `resources_type_index` on `resources` (`type_id`)");
    this.addSql("create index `resources_tenant_id_index` on `resources` (`tenant_id`)");
    this.addSql("create table `users` (`id` text not null primary key, `type` text not null, `name` text null, `enabled` integer not null, `attributes` json not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null)");
    this.addSql("create index `users_type_index` on `users` (`type`)");
    this.addSql("create table `sessions` (`id` text not null primary key, `user_id` text not null, `created_at` datetime not null, `last_seen_at` datetime not null, `expires_at` datetime not null, constraint `sessions_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on delete cascade)");
    this.addSql("create index `sessions_user_index` on `sessions` (`user_id`)");
    this.addSql("create table `operators` (`user_id` text not null primary key, `password_hash` text not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null, constraint `operators_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on update cascade on delete no action)");
    this.addSql("create index `operators_user_id_index` on `operators` (`user_id`)");
    this.addSql("create table `group_members` (`id` text not null primary key, `group_id` text not null, `user_id` text not null, `created_by` text not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null, constraint `group_members_group_id_foreign` foreign key (`group_id`) references `groups` (`id`), constraint `group_members_user_id_foreign` foreign key (`user_id`) references `users` (`id`))");
    this.addSql("create index `group_members_group_id_index` on `group_members` (`group_id`)");
    this.addSql("create index `group_members_user_index` on `group_members` (`user_id`)");
    this.addSql("create unique index `group_members_group_user_unique` on `group_members` (`group_id`, `user_id`)");
    this.addSql("create table `role_assignments` (`id` text not null primary key, `user_id` text null, `group_id` text null, `role_id` text not null, `tenant_id` text null, `resource` text null, `starts_at` datetime null, `expires_at` datetime null, `reason` text not null, `created_by` text not null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null, constraint `role_assignments_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on delete no action, constraint `role_assignments_group_id_foreign` foreign key (`group_id`) references `groups` (`id`) on delete no action, constraint `role_assignments_role_id_foreign` foreign key (`role_id`) references `roles` (`id`), constraint `role_assignments_tenant_id_foreign` foreign key (`tenant_id`) references `tenants` (`id`) on delete no action, constraint `role_assignments_user_or_group_check` check ((user_id is null) <> (group_id is null)))");
    this.addSql("create index `role_assignments_user_index` on `role_assignments` (`user_id`)");
    this.addSql("create index `role_assignments_group_index` on `role_assignments` (`group_id`)");
    this.addSql("create index `role_assignments_role_index` on `role_assignments` (`role_id`)");
    this.addSql("create index `role_assignments_tenant_id_index` on `role_assignments` (`tenant_id`)");
    this.addSql("create table `api_keys` (`id` text not null primary key, `name` text not null, `user_id` text not null, `hash` text not null, `created_by` text not null, `expires_at` datetime null, `revoked_at` datetime null, `version` integer not null default 1, `created_at` datetime not null, `updated_at` datetime not null, constraint `api_keys_user_id_foreign` foreign key (`user_id`) references `users` (`id`))");
    this.addSql("create index `api_keys_user_index` on `api_keys` (`user_id`)");
    this.addSql("create unique index `api_keys_hash_unique` on `api_keys` (`hash`)");
    this.addSql("create table `api_key_uses` (`api_key_id` text not null primary key, `last_used_at` datetime not null, constraint `api_key_uses_api_key_id_foreign` foreign key (`api_key_id`) references `api_keys` (`id`) on update cascade on delete cascade)");
    this.addSql("create index `api_key_uses_api_key_id_index` on `api_key_uses` (`api_key_id`)");
  }
}
