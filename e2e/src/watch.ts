import type { BrowserContext } from '@playwright/test';

const HOME = new Set(['localhost', '127.0.0.1', '[::1]']);

interface Refusal {
  status: number;
  what: string;
}

/** Notes everything in a browser that must never happen, in any story. */
export class Watch {
  readonly faults: string[] = [];
  private readonly refusals: Refusal[] = [];

  static async over(context: BrowserContext): Promise<Watch> {
    const watch = new Watch();
    context.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && !HOME.has(hostname)) watch.faults.push(`a request left this machine: ${request.url()}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400)
        watch.refusals.push({ status: response.status(), what: `${response.request().method()} ${response.url()}` });
    });
    context.on('console', (message) => {
      // What could not be loaded is among the refusals already, with its status.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        watch.faults.push(`the page logged: ${message.text()}`);
    });
    context.on('weberror', (error) => watch.faults.push(`the page threw: ${String(error.error())}`));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) =>
        console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI}`),
      );
    });
    return watch;
  }

  /** Faults, and refusals that the story does not expect. Before anybody is signed in, the console asks once who is. */
  found(expected: readonly number[]): string[] {
    const unexpected = this.refusals.filter(
      ({ status, what }) => !expected.includes(status) && !(status === 401 && what.endsWith('/api/v1/session')),
    );
    return [...this.faults, ...unexpected.map(({ status, what }) => `${what} answered ${status}`)];
  }
}
