import type { EntityManager } from '../database/orm.ts';
import type { Row, TableMeta } from '../database/rows.ts';
import { Collection } from '../http/collection.ts';
import { User } from '../users/user.entity.ts';
import { Operator, Session } from './operator.entity.ts';

export class OperatorsCollection extends Collection<Operator> {
  constructor() {
    super('operators', Operator);
  }

  override column(field: string): string {
    return field === 'id' ? 'user' : field === 'lastSignInAt' ? 'updatedAt' : field;
  }

  override async present(em: EntityManager, operators: Operator[], _meta: TableMeta): Promise<Row[]> {
    const keys = operators.map(({ user }) => user);
    const users = new Map((await em.find(User, { id: { $in: keys } })).map((user) => [user.id, user]));
    const sessions = await em.find(Session, { user: { $in: keys } }, { orderBy: { createdAt: 'asc' } });
    const lastSignIn = new Map(sessions.map(({ user, createdAt }) => [user, createdAt.toISOString()]));
    return operators.map(({ user, createdAt, version }) => ({
      ...{ id: user, name: users.get(user)?.name ?? null, version },
      ...{ createdAt: createdAt.toISOString(), lastSignInAt: lastSignIn.get(user) ?? null },
    }));
  }
}
