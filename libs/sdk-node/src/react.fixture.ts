// A page for the tests of useCan(), bundled with React 18 or 19 and opened in a browser.
import { createElement, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { CanProvider, useCan, type CanRequest } from './react.ts';

declare const document: { getElementById(id: string): Element };

const TASKS = ['t1', 't2', 't3'].map((id) => ({ id, ownerId: id === 't2' ? 'bob' : 'alice' }));

function Task({ id, ownerId }: (typeof TASKS)[number]) {
  const { can } = useCan();
  const mayDelete = can('task:delete', { id, properties: { ownerId } });
  return createElement('li', null, id, can('task:read') && ' readable', mayDelete && ' deletable');
}

/** Asks for more than one request carries. */
function Many({ count }: { count: number }) {
  const { can } = useCan();
  const permitted = Array.from({ length: count }, (_, index) => can('task:read', `many-${index}`)).filter(Boolean);
  return createElement('p', null, `${permitted.length} of ${count}`);
}

function Page() {
  const { can, refresh } = useCan();
  const [count, setCount] = useState(0);
  return createElement(
    'main',
    null,
    createElement('ul', null, ...TASKS.map((task) => createElement(Task, { key: task.id, ...task }))),
    can('task:read') && createElement('b', null, 'may read'),
    createElement('button', { onClick: refresh }, 'Refresh'),
    createElement('button', { onClick: () => setCount(450) }, 'Many'),
    count > 0 && createElement(Many, { count }),
  );
}

function Application() {
  const [user, setUser] = useState('alice');
  const [error, setError] = useState('');
  const send = (url: string, init: CanRequest) => fetch(url, { ...init, headers: { ...init.headers, 'x-user': user } });
  return createElement(
    CanProvider,
    { key: user, url: '/can', fetch: send, onError: (reason) => setError(String(reason)) },
    createElement(Page),
    createElement('button', { onClick: () => setUser('bob') }, 'Bob'),
    createElement('i', null, error),
  );
}

createRoot(document.getElementById('root')).render(createElement(StrictMode, null, createElement(Application)));
