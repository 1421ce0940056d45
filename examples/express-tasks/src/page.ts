import type { Task } from './tasks.ts';

/** A task, and which of its buttons to show. */
export interface ShownTask extends Task {
  mayUpdate: boolean;
  mayDelete: boolean;
}

export function signInPage(): string {
  return layout(`
    <h1>Tasks</h1>
    <form method="post" action="/sign-in">
      <label>Your name <input name="user" required autofocus></label> <button>Sign in</button>
    </form>
    <p>This is a demonstration: there is no password.</p>`);
}

export function tasksPage(user: string, tasks: readonly ShownTask[], mayCreate: boolean): string {
  const rows = tasks.map(row).join('') || '<li>There is no task that you may see.</li>';
  const create = '<form method="post" action="/tasks"><label>New task <input name="title" required></label> <button>Add</button></form>';
  return layout(`
    <h1>Tasks</h1>
    <form method="post" action="/sign-out">Signed in as <strong>${escape(user)}</strong> <button>Sign out</button></form>
    <ul>${rows}</ul>
    ${mayCreate ? create : ''}`);
}

function row(task: ShownTask): string {
  const title = task.done ? `<s>${escape(task.title)}</s>` : escape(task.title);
  const update = button(`/tasks/${task.id}`, task.done ? 'Reopen' : 'Done', `<input type="hidden" name="done" value="${!task.done}">`);
  const remove = button(`/tasks/${task.id}/delete`, 'Delete');
  const owner = `<small>of ${escape(task.ownerId)}</small>`;
  return `<li>${title} ${owner} ${task.mayUpdate ? update : ''}${task.mayDelete ? remove : ''}</li>`;
}

function button(action: string, text: string, inputs = ''): string {
  return `<form method="post" action="${encodeURI(action)}" style="display:inline">${inputs}<button>${text}</button></form>`;
}

function layout(body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Tasks</title></head>
<body style="font-family:system-ui;max-width:40rem;margin:2rem auto"><main>${body}</main></body>
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
