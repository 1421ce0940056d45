import { once } from 'node:events';
import { extname } from 'node:path';
import { parentPort, Worker } from 'node:worker_threads';

interface Asked<Q> {
  turn: number;
  question: Q;
}
type Answered<A> = { turn: number; answer: A } | { turn: number; error: { message: string; code: string | undefined } };

/**
 * A thread of this process that answers questions one after the other, for what would hold up everybody else here. It starts with the
 * first question, and anew with the next one where it was lost. The process does not end while something is asked or being closed.
 */
export class Thread<Q, A> {
  readonly #program: string;
  readonly #data: unknown;
  readonly #waiting = new Map<number, { resolve: (answer: A) => void; reject: (error: Error) => void }>();
  #worker: Worker | undefined;
  #closing = false;
  #turn = 0;

  /**
   * @param program the file that calls `answerAll`, without its ending: it is the same in a build and in a run from the sources
   * @param data its `workerData`
   */
  constructor(program: string, data: unknown) {
    this.#program = `${program}${extname(import.meta.filename)}`;
    this.#data = data;
  }

  /** @throws the error that the thread met, with its message and its code */
  ask(question: Q): Promise<A> {
    this.#worker ??= this.#start();
    const turn = ++this.#turn;
    this.#worker.ref();
    this.#worker.postMessage({ turn, question } satisfies Asked<Q>);
    return new Promise((resolve, reject) => this.#waiting.set(turn, { resolve, reject }));
  }

  /** Ends the thread once all that was asked is answered. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const gone = once(worker, 'exit');
    this.#closing = true;
    worker.ref();
    worker.postMessage('close');
    await gone;
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { workerData: this.#data });
    this.#closing = false;
    worker.on('message', (message: Answered<A>) => {
      const { resolve, reject } = this.#waiting.get(message.turn)!;
      this.#waiting.delete(message.turn);
      if (this.#waiting.size === 0 && !this.#closing) worker.unref();
      if ('answer' in message) resolve(message.answer);
      else reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
    });
    worker.on('error', (error) => this.#lost(worker, error as Error));
    worker.on('exit', () => this.#lost(worker, new Error('a thread of the database has stopped')));
    return worker;
  }

  #lost(worker: Worker, error: Error): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The other side, in the thread: answers all that is asked, and ends when that is wanted. */
export function answerAll<Q, A>(answer: (question: Q) => A, end: () => void): void {
  const port = parentPort!;
  port.on('message', (message: 'close' | Asked<Q>) => {
    if (message === 'close') {
      end();
      port.close();
      return;
    }
    const { turn, question } = message;
    try {
      port.postMessage({ turn, answer: answer(question) } satisfies Answered<A>);
    } catch (error) {
      const { message: text, code } = error as Error & { code?: string };
      port.postMessage({ turn, error: { message: text, code } } satisfies Answered<A>);
    }
  });
}
