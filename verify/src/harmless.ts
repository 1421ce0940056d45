// What hostile input must leave as it was, and how long it may take.

const REPEATED = 20;

/**
 * What a suspect costs this thread, on average: what else the machine was busy with does not count, and the clock of processor time may
 * have ticks of several milliseconds.
 */
export async function cost(run: () => unknown): Promise<number> {
  const begun = process.threadCpuUsage();
  for (let i = 0; i < REPEATED; i++) await run();
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / 1000 / REPEATED;
}

/** The members of the objects that everything inherits from. */
export function builtIns(): string {
  const all = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Object, Array];
  return all.map((one) => Reflect.ownKeys(one).map(String).join()).join(';');
}
