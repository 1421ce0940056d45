'use client';
/**
 * For React 18 and 19: shows people only what they may do. It protects nothing; the routes of the application do.
 *
 *     <CanProvider url="/can">...</CanProvider>            // the route that `canRoute` serves
 *
 *     const { can } = useCan();
 *     return can('task:delete', { id: task.id, properties: { ownerId: task.ownerId } }) && <button>Delete</button>;
 *
 * The rules it keeps: no API key is in the browser; what all components ask in one render is one request; an answer stays until `refresh()`;
 * what is not answered yet, or could not be, is false.
 */
import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from 'react';
import { CAN_LIMIT, type CanQuestion, type CanQuestions } from './can-questions.ts';

export type { CanQuestion } from './can-questions.ts';

export interface CanProviderProps {
  /** Where the application answers: what `canRoute` serves. */
  url: string;
  /** What sends the request; the browser's own `fetch` if left out. For tokens in headers, against forged requests for instance. */
  fetch?: ((url: string, init: CanRequest) => Promise<Response>) | undefined;
  /** Hears why questions have no answer. */
  onError?: ((error: unknown) => void) | undefined;
  children?: ReactNode;
}

export interface CanRequest {
  method: 'POST';
  credentials: 'same-origin';
  headers: Record<string, string>;
  body: string;
}

export interface CanView {
  /** Whether whoever is signed in may; false as long as that is not known. To be called while rendering. */
  can: (permission: string, resource?: CanQuestion['resource']) => boolean;
  /** Asks anew: after roles changed, for instance. Until the new answers come the old ones stand. */
  refresh: () => void;
}

type Settings = Omit<CanProviderProps, 'children'>;

const UNKNOWN: CanView = { can: () => false, refresh: () => undefined };
const Context = createContext<Answers | null>(null);

/** Answers for all components below it. Where somebody else signs in, give it another `key`: then nothing is kept. */
export function CanProvider({ children, ...settings }: CanProviderProps): ReactElement {
  const [answers] = useState(() => new Answers(settings));
  useEffect(() => {
    answers.settings = settings;
  });
  return createElement(Context.Provider, { value: answers }, children);
}

/**
 * @returns `can`, which is another function whenever answers changed
 * @throws Error where no {@link CanProvider} is above
 */
export function useCan(): CanView {
  const answers = useContext(Context);
  if (answers === null) throw new Error('useCan() needs a <CanProvider> above it');
  const view = useSyncExternalStore(answers.listen, answers.view, () => UNKNOWN);
  useEffect(() => answers.askSoon());
  return view;
}

/** What is known, and what is to be asked. */
class Answers {
  settings: Settings;
  private known = new Map<string, boolean>();
  /** The answers from before a refresh, which stand until the new ones come. */
  private former = new Map<string, boolean>();
  private readonly pending = new Map<string, CanQuestion>();
  private underWay = new Set<string>();
  private willAsk = false;
  private current: CanView = this.viewNow();
  private readonly listeners = new Set<() => void>();

  constructor(settings: Settings) {
    this.settings = settings;
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly view = (): CanView => this.current;

  /** Asks once all components of this render have said what they want to know: their effects run one after another. */
  askSoon(): void {
    if (this.willAsk || this.pending.size === 0) return;
    this.willAsk = true;
    queueMicrotask(() => {
      this.willAsk = false;
      const asked = [...this.pending];
      this.pending.clear();
      for (let start = 0; start < asked.length; start += CAN_LIMIT) void this.ask(asked.slice(start, start + CAN_LIMIT));
    });
  }

  private lookUp(permission: string, resource: CanQuestion['resource']): boolean {
    const question = { permission, ...(resource === undefined ? {} : { resource }) };
    const key = JSON.stringify(question);
    const answer = this.known.get(key);
    if (answer !== undefined) return answer;
    if (!this.underWay.has(key)) this.pending.set(key, question);
    return this.former.get(key) ?? false;
  }

  private refresh(): void {
    this.former = this.known;
    this.known = new Map();
    this.underWay = new Set();
    this.changed();
  }

  private async ask(asked: readonly [string, CanQuestion][]): Promise<void> {
    const { known, underWay } = this; // a refresh puts others in their place, and then this answer is of no account
    for (const [key] of asked) underWay.add(key);
    let answers: readonly unknown[] = [];
    try {
      answers = await this.send(asked.map(([, question]) => question));
    } catch (error) {
      this.settings.onError?.(error);
    }
    asked.forEach(([key], index) => {
      known.set(key, answers[index] === true);
      underWay.delete(key);
    });
    this.changed();
  }

  private async send(questions: readonly CanQuestion[]): Promise<readonly unknown[]> {
    const { url, fetch: send = (to, init) => fetch(to, init) } = this.settings;
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const body = JSON.stringify({ questions } satisfies CanQuestions);
    const answer = await send(url, { method: 'POST', credentials: 'same-origin', headers, body });
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    const { answers } = (await answer.json()) as { answers?: unknown[] };
    if (!Array.isArray(answers) || answers.length !== questions.length) throw new Error(`${url} gave no valid answer`);
    return answers;
  }

  private changed(): void {
    this.current = this.viewNow();
    for (const listener of this.listeners) listener();
  }

  /** A new one each time, so that nothing that remembers what it computed of the last one takes it for the same. */
  private viewNow(): CanView {
    return { can: (permission, resource) => this.lookUp(permission, resource), refresh: () => this.refresh() };
  }
}
