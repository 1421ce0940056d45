import { userKey, type Licet, type ResourceInput } from '@licet/sdk-node';
import { guard, licetErrors } from '@licet/sdk-node/express';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { signInPage, tasksPage, type ShownTask } from './page.ts';
import { signIn, signOut, userOf } from './session.ts';
import type { Task, Tasks } from './tasks.ts';

class NotFound extends Error {
  readonly status = 404;
}

/** The application: it knows permissions, and neither roles nor who has them. */
export function createApp(licet: Licet, tasks: Tasks): Express {
  const app = express();
  app.use(express.json(), express.urlencoded({ extended: false }));
  addPages(app, licet, tasks);
  addTasks(app, licet, tasks);
  app.use(licetErrors());
  app.use((error: Error & { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    const status = error.status ?? 500;
    response.status(status).json({ error: status < 500 ? error.message : 'Something went wrong here.' });
  });
  return app;
}

function addPages(app: Express, licet: Licet, tasks: Tasks): void {
  app.get('/', (request, response) => {
    const user = userOf(request);
    if (user === undefined) return void response.send(signInPage());
    const mayCreate = licet.check({ id: user }, 'task:create', undefined, { log: false }).decision;
    response.send(tasksPage(user, tasksFor(user, licet, tasks), mayCreate));
  });
  app.post('/sign-in', async (request, response) => {
    const user = textOf(request, 'user');
    // From now on the user can be found in the console, under Users. Signing in does not depend on that.
    await licet.users.sync([{ id: userKey('user', user), name: user }]).catch((error: Error) => {
      console.error(`${user} could not be registered: ${error.message}`);
    });
    signIn(response, user);
    response.redirect(303, '/');
  });
  app.post('/sign-out', (_request, response) => {
    signOut(response);
    response.redirect(303, '/');
  });
}

function addTasks(app: Express, licet: Licet, tasks: Tasks): void {
  const taskOf = (request: Request): Task => {
    const task = tasks.get(String(request.params['id']));
    if (!task) throw new NotFound('There is no such task.');
    return task;
  };
  const may = (permission: string) => guard(licet, permission, { subject });
  const mayOnTask = (permission: string) => guard(licet, permission, { subject, resource: (request) => resourceOf(taskOf(request)) });
  const update = (request: Request, response: Response) => {
    finish(request, response, tasks.update(taskOf(request).id, changeOf(request)));
  };
  const remove = (request: Request, response: Response) => {
    tasks.delete(taskOf(request).id);
    finish(request, response, { deleted: true });
  };

  app.get('/tasks', (request, response) => {
    response.json({ tasks: tasksFor(userOf(request) ?? '', licet, tasks) });
  });
  app.post('/tasks', may('task:create'), (request, response) => {
    finish(request, response.status(201), tasks.create(textOf(request, 'title'), userOf(request) ?? ''));
  });
  app.get('/tasks/:id', mayOnTask('task:read'), (request, response) => {
    response.json(taskOf(request));
  });
  app.patch('/tasks/:id', mayOnTask('task:update'), update);
  app.delete('/tasks/:id', mayOnTask('task:delete'), remove);
  // What the buttons of the page send:
  app.post('/tasks/:id', mayOnTask('task:update'), update);
  app.post('/tasks/:id/delete', mayOnTask('task:delete'), remove);
}

/** Written as { id }, a name that somebody typed in is always a user, also with a colon in it. */
function subject(request: Request): { id: string } | undefined {
  const id = userOf(request);
  return id === undefined ? undefined : { id };
}

/** The tasks that a user may see, and which of their buttons work. Such questions decide what a page shows: they are not logged. */
function tasksFor(user: string, licet: Licet, tasks: Tasks): ShownTask[] {
  return tasks.all().flatMap((task) => {
    const questions = ['task:read', 'task:update', 'task:delete'].map((permission) => ({ permission, resource: resourceOf(task) }));
    const [read, update, remove] = licet.checkMany({ id: user }, questions, { log: false });
    if (!read?.decision) return [];
    return [{ ...task, mayUpdate: update?.decision === true, mayDelete: remove?.decision === true }];
  });
}

/** A task as conditions see it. What a condition does not need stays here. */
function resourceOf(task: Task): ResourceInput {
  return { id: task.id, properties: { ownerId: task.ownerId, done: task.done } };
}

/** A browser goes back to the list; a program gets the result. */
function finish(request: Request, response: Response, result: unknown): void {
  if (request.is('urlencoded')) response.redirect(303, '/');
  else response.json(result);
}

function textOf(request: Request, name: string): string {
  const text = (request.body as Record<string, unknown> | undefined)?.[name];
  if (typeof text === 'string' && text.trim() !== '' && text.length <= 200) return text.trim();
  throw Object.assign(new Error(`Send \`${name}\`: a text of 1 to 200 characters.`), { status: 400 });
}

function changeOf(request: Request): Partial<Pick<Task, 'title' | 'done'>> {
  const body = (request.body ?? {}) as Record<string, unknown>;
  return {
    ...('title' in body ? { title: textOf(request, 'title') } : {}),
    ...('done' in body ? { done: body['done'] === true || body['done'] === 'true' } : {}),
  };
}
