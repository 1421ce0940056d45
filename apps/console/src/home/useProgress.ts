import { useCan } from '../kit/access.tsx';
import { isReserved } from '../kit/keys.ts';
import { useSome } from '../kit/read.ts';
import { createPath } from '../kit/RecordLink.tsx';

export interface Task {
  id: string;
  title: string;
  text: string;
  done: boolean;
  to: string;
  action: string;
}

const EVERY_MS = 4000;

/** The four steps to a first decision, and how far one is; read again while something is missing. */
export function useProgress(): { tasks: Task[]; ready: boolean } {
  const can = useCan();
  const types = useSome('resource-types', { filter: { builtIn: false }, perPage: 1, enabled: can('licet.resource-type:read') });
  const assignments = useSome('assignments', { perPage: 100, enabled: can('licet.assignment:read') });
  const points = useSome('decision-points', { perPage: 1, enabled: can('licet.decision-point:read'), every: EVERY_MS });
  const decisions = useSome('decisions', { perPage: 1, enabled: can('licet.decision:read'), every: EVERY_MS });
  const keys = useSome('api-keys', { perPage: 1, enabled: can('licet.api-key:read') });
  const decided = (decisions.data?.total ?? 0) > 0;
  const assigned = assignments.data?.items.some(({ role }) => !isReserved(role)) ?? false;
  const connected = (points.data?.total ?? 0) > 0 || decided;
  const hasKey = (keys.data?.total ?? 0) > 0;
  const tasks: Task[] = [
    {
      id: 'describe',
      title: 'Describe your application',
      text: 'Name what it protects and what can be done with it: task, with read, create, update, delete.',
      done: (types.data?.total ?? 0) > 0,
      to: createPath('resource-types'),
      action: 'Create a resource type',
    },
    {
      id: 'assign',
      title: 'Give somebody a role',
      text: 'Create a role, grant it permissions in the matrix, and assign it to a user.',
      done: assigned,
      to: createPath('assignments'),
      action: 'Assign a role',
    },
    {
      id: 'connect',
      title: 'Connect an application',
      text:
        hasKey && !connected
          ? 'A key is made. Waiting for the application …'
          : 'Make a key, and copy the ready program for Flask, Node or curl.',
      done: connected,
      to: hasKey ? '/api-keys' : createPath('api-keys'),
      action: hasKey ? 'Apps & keys' : 'Create an API key',
    },
    {
      id: 'decide',
      title: 'See the first decision',
      text:
        connected && !decided
          ? 'Connected. Waiting for the first question …'
          : 'Let the application ask: the answer and its reason appear in the decision log.',
      done: decided,
      to: '/decisions',
      action: 'Decision log',
    },
  ];
  const queries = [types, assignments, decisions];
  return { tasks, ready: queries.every(({ isPending, fetchStatus }) => !isPending || fetchStatus === 'idle') };
}
