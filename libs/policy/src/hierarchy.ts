import type { ErrorItem } from '@licet/contract';

/** The roles that each role inherits from. */
export type Hierarchy = ReadonlyMap<string, readonly string[]>;

const NONE: readonly string[] = [];

/**
 * Finds circles in the role hierarchy: one for each set of roles that all inherit from each other. Takes time in proportion to the
 * size of the hierarchy.
 * @returns each circle from its first role in key order back to it, the shortest there is: for instance `['a', 'b', 'a']`
 */
export function findCycles(hierarchy: Hierarchy): string[][] {
  return components(hierarchy)
    .map((roles) => ({ roles: new Set(roles), start: [...roles].sort()[0]! }))
    .filter(({ roles, start }) => roles.size > 1 || hierarchy.get(start)?.includes(start))
    .map(({ roles, start }) => shortestCycle(hierarchy, roles, start));
}

/** Says of each circle in the hierarchy where it is and what to do. */
export function circleErrors(hierarchy: Hierarchy): ErrorItem[] {
  return findCycles(hierarchy).map((cycle) => ({
    path: `roles.${cycle[0]!}.inherits`,
    message: `roles inherit from each other in a circle: ${cycle.join(' -> ')}; take one of these away`,
  }));
}

interface Visit {
  role: string;
  order: number;
  /** The lowest order that is reached from here and still open. */
  low: number;
  /** How many of the roles it inherits from have been looked at. */
  done: number;
}

/** Tarjan's strongly connected components, without recursion: a hierarchy may be deep. */
function components(hierarchy: Hierarchy): string[][] {
  const found: string[][] = [];
  const orders = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  for (const root of hierarchy.keys()) {
    if (orders.has(root)) continue;
    const visits: Visit[] = [enter(root)];
    for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
      const next = (hierarchy.get(visit.role) ?? NONE)[visit.done++];
      if (next === undefined) {
        visits.pop();
        leave(visit, visits.at(-1));
      } else if (!orders.has(next)) {
        visits.push(enter(next));
      } else if (isOpen.has(next)) {
        visit.low = Math.min(visit.low, orders.get(next)!);
      }
    }
  }
  return found;

  function enter(role: string): Visit {
    const order = orders.size;
    orders.set(role, order);
    open.push(role);
    isOpen.add(role);
    return { role, order, low: order, done: 0 };
  }

  function leave(visit: Visit, heir: Visit | undefined): void {
    if (heir) heir.low = Math.min(heir.low, visit.low);
    if (visit.low !== visit.order) return;
    const component = open.splice(open.lastIndexOf(visit.role));
    for (const role of component) isOpen.delete(role);
    found.push(component);
  }
}

/** Breadth first from a role back to itself, within roles that all reach each other. */
function shortestCycle(hierarchy: Hierarchy, roles: ReadonlySet<string>, start: string): string[] {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const role of queue) {
    for (const next of [...(hierarchy.get(role) ?? NONE)].sort()) {
      if (next === start) return [...wayTo(role, cameFrom), start];
      if (!roles.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, role);
      queue.push(next);
    }
  }
  return [start];
}

function wayTo(role: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [role];
  for (let before = cameFrom.get(role); before !== undefined; before = cameFrom.get(before)) way.push(before);
  return way.reverse();
}
