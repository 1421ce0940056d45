import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { Reaches } from './access/reach.service.ts';
import { AccessGuard } from './access/access.guard.ts';
import { ApiKeyStrategy, SessionStrategy } from './access/strategies.ts';
import { ApiKeysCollection } from './api-keys/api-keys.collection.ts';
import { ApiKeys } from './api-keys/api-keys.service.ts';
import { RotateController } from './api-keys/rotate.controller.ts';
import { AssignController } from './assignments/assign.controller.ts';
import { AssignmentsCollection } from './assignments/assignments.collection.ts';
import { AuditEntriesCollection, ChangesCollection } from './audit/audit.collections.ts';
import { Changes } from './changes/changes.service.ts';
import { History } from './changes/history.service.ts';
import { ConditionsCollection } from './conditions/conditions.collection.ts';
import { DatabaseModule } from './database/database.module.ts';
import type { Databases } from './database/orm.ts';
import { DecisionLog } from './decisions/decision-log.service.ts';
import { DecisionsController } from './decisions/decisions.controller.ts';
import { ExplainController } from './decisions/explain.controller.ts';
import { GroupMembersCollection, GroupsCollection } from './groups/groups.collection.ts';
import { AddressPipe } from './http/address.pipe.ts';
import { collectionControllers } from './http/collection.controller.ts';
import type { Collection } from './http/collection.ts';
import { Methods } from './http/methods.ts';
import { OperationsController } from './http/operations.controller.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { AccountController } from './operators/account.controller.ts';
import { Attempts } from './operators/attempts.ts';
import { OidcController } from './operators/oidc.controller.ts';
import { KnownBrowsers } from './operators/known-browsers.ts';
import { Carrier } from './operators/oidc.carrier.ts';
import { IdentityProvider } from './operators/oidc.provider.ts';
import { OperatorLinksController } from './operators/operator-links.controller.ts';
import { OperatorsCollection } from './operators/operators.collection.ts';
import { PasskeysController } from './operators/passkeys.controller.ts';
import { PasskeyChallenges } from './operators/passkey-challenges.ts';
import { Passkeys } from './operators/passkeys.service.ts';
import { Seal } from './operators/seal.ts';
import { SecondFactorController } from './operators/second-factor.controller.ts';
import { SecondFactor } from './operators/second-factor.service.ts';
import { SessionController } from './operators/session.controller.ts';
import { Sessions } from './operators/sessions.service.ts';
import { SetupController } from './operators/setup.controller.ts';
import { Setup } from './operators/setup.service.ts';
import { StepUpController } from './operators/step-up.controller.ts';
import { PolicyController } from './policy/policy.controller.ts';
import { DecisionPoints, DecisionPointsController } from './replication/decision-points.service.ts';
import { PolicyState } from './replication/policy-state.ts';
import { DeclareController } from './resource-types/declare.controller.ts';
import { PermissionsCollection, ResourceTypesCollection } from './resource-types/resource-types.collection.ts';
import { ResourcesCollection } from './resources/resources.collection.ts';
import { GrantsCollection, RoleInheritsCollection } from './roles/grants.collection.ts';
import { RolesCollection } from './roles/roles.collection.ts';
import type { ApiSettings } from './settings.ts';
import { TenantsCollection } from './tenants/tenants.collection.ts';
import { SecurityEventsController } from './security-events/security-events.controller.ts';
import { SecurityEvents } from './security-events/security-events.service.ts';
import { UserSyncController } from './users/sync.controller.ts';
import { UsersCollection } from './users/users.collection.ts';

const COLLECTIONS: Collection<never>[] = [
  ...[new UsersCollection(), new GroupsCollection(), new GroupMembersCollection(), new TenantsCollection()],
  ...[new ResourceTypesCollection(), new PermissionsCollection(), new ResourcesCollection(), new ConditionsCollection()],
  ...[new RolesCollection(), new RoleInheritsCollection(), new GrantsCollection(), new AssignmentsCollection()],
  ...[new ApiKeysCollection(), new OperatorsCollection(), new ChangesCollection(), new AuditEntriesCollection()],
] as Collection<never>[];

// Routes with a fixed path stand before those with `:id`.
const CONTROLLERS: Type[] = [
  ...[UserSyncController, AssignController, DeclareController, SessionController, AccountController, SecondFactorController, OperatorLinksController],
  ...[PasskeysController, StepUpController, OidcController],
  ...[SetupController, OperationsController, PolicyController, RotateController],
  ...[DecisionsController, ExplainController, DecisionPointsController, SecurityEventsController],
  ...COLLECTIONS.flatMap((collection) => collectionControllers(collection as unknown as Collection<object>)),
];

@Module({})
export class AppModule {
  static on(settings: ApiSettings, databases: Databases): DynamicModule {
    return {
      module: AppModule,
      imports: [DatabaseModule.on(settings, databases), PassportModule],
      controllers: CONTROLLERS,
      providers: [
        ...[Methods, PolicyState, Reaches, SecurityEvents, Changes, History, ApiKeys, KnownBrowsers, Sessions, Attempts, Seal, SecondFactor, PasskeyChallenges, Passkeys, IdentityProvider, Carrier, Setup, DecisionLog, DecisionPoints, SessionStrategy, ApiKeyStrategy],
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_PIPE, useClass: AddressPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
