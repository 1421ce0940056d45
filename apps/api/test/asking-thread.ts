import { join } from 'node:path';
import { Thread } from '../src/database/thread.ts';

/** Asks a thread something and says the answer, as a program of its own: what keeps it from ending is the thread alone. */
const thread = new Thread<number, number>(join(import.meta.dirname, 'doubling-thread'), undefined);
const asked = thread.ask(2);
if (process.argv[2] === 'close') await Promise.all([asked, thread.close()]);
console.log(await asked);
