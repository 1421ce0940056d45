/** A task of the example. */
export interface Task {
  id: string;
  title: string;
  done: boolean;
  ownerId: string;
}

/** The tasks, in memory: they are gone when the application stops. */
export class Tasks {
  private readonly byId = new Map<string, Task>();
  private count = 0;

  all(): Task[] {
    return [...this.byId.values()];
  }

  get(id: string): Task | undefined {
    return this.byId.get(id);
  }

  create(title: string, ownerId: string): Task {
    this.count += 1;
    const task = { id: `t${this.count}`, title, done: false, ownerId };
    this.byId.set(task.id, task);
    return task;
  }

  update(id: string, change: Partial<Pick<Task, 'title' | 'done'>>): Task | undefined {
    const task = this.byId.get(id);
    if (task) Object.assign(task, change);
    return task;
  }

  delete(id: string): void {
    this.byId.delete(id);
  }
}
