import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startExpress, startFlask, startInvoices, type Application, type FlaskApplication, type FlaskExample } from './applications.ts';
import { ControlPlane } from './control-plane.ts';
import { IdentityProvider } from './identity-provider.ts';
import { addSample } from './sample.ts';
import { test } from './test.ts';

interface Wanted {
  /** Whether the first operator is made, and with the example. Without it the set-up link is still good. */
  setUp?: 'with the example' | 'empty';
  /** Adds what an organisation may have after a few weeks. */
  sample?: boolean;
  /** Settings of the control plane. */
  settings?: Record<string, string>;
  /** An identity provider that operators may sign in with. */
  identityProvider?: boolean;
  /** Applications that follow it. */
  flask?: boolean;
  express?: boolean;
  invoices?: boolean;
  inventory?: boolean;
  projects?: boolean;
}

/** The Flask applications besides the task manager, whose policy comes with the example. */
const MORE = { inventory: 'flask-inventory', projects: 'flask-projects' } as const satisfies Record<string, FlaskExample>;

/** A control plane and the applications that follow it. */
export class Stack {
  private folder = '';
  private started: {
    licet?: ControlPlane;
    provider?: IdentityProvider;
    flask?: FlaskApplication;
    express?: Application;
    invoices?: Application;
    inventory?: FlaskApplication;
    projects?: FlaskApplication;
  } = {};

  get licet(): ControlPlane {
    return there(this.started.licet, 'a control plane');
  }

  get flask(): Application {
    return there(this.started.flask, 'the Flask application');
  }

  get express(): Application {
    return there(this.started.express, 'the Express application');
  }

  get invoices(): Application {
    return there(this.started.invoices, 'the invoices');
  }

  get inventory(): FlaskApplication {
    return there(this.started.inventory, 'the inventory');
  }

  get projects(): FlaskApplication {
    return there(this.started.projects, 'the projects');
  }

  async start({ setUp, sample, settings, identityProvider, flask, express, invoices, ...more }: Wanted): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'licet-e2e-'));
    const provider = identityProvider ? (this.started.provider = await IdentityProvider.start()) : undefined;
    this.started.licet = await ControlPlane.start(join(this.folder, 'data'), 0, { ...settings, ...provider?.settings });
    provider?.register(this.licet.url);
    if (setUp) await this.licet.setUp(setUp === 'with the example');
    if (sample) await addSample(this.licet);
    if (express) await this.licet.apply('examples/express-tasks/policy.yaml');
    const [flaskKey, expressKey] = [
      flask && (await this.licet.apiKey('task-manager')),
      express && (await this.licet.apiKey('express-tasks')),
    ];
    const { url } = this.licet;
    if (flaskKey) this.started.flask = await startFlask('flask-task-manager', { url, apiKey: flaskKey }, this.folder);
    if (expressKey) this.started.express = await startExpress({ url, apiKey: expressKey });
    if (invoices) {
      await this.licet.apply('examples/nest-invoices/policy.yaml');
      this.started.invoices = await startInvoices({ url, apiKey: await this.licet.apiKey('nest-invoices') }, this.folder);
    }
    for (const name of ['inventory', 'projects'] as const) {
      if (!more[name]) continue;
      await this.licet.apply(`examples/${MORE[name]}/policy.yaml`);
      this.started[name] = await startFlask(MORE[name], { url, apiKey: await this.licet.apiKey(name) }, this.folder);
    }
  }

  /** Stops the control plane and gives the way to start it again, with the data and the address that it had. */
  async stopLicet(): Promise<() => Promise<void>> {
    const stopped = this.licet;
    delete this.started.licet;
    await stopped.stop();
    return async () => {
      this.started.licet = await stopped.startAgain();
    };
  }

  async stop(): Promise<void> {
    const { licet, provider, ...applications } = this.started;
    this.started = {};
    const ends = await Promise.allSettled([
      ...Object.values(applications).map(({ child }) => child.stop()),
      licet?.stop(),
      provider?.stop(),
    ]);
    rmSync(this.folder, { recursive: true, force: true });
    for (const end of ends) if (end.status === 'rejected') throw end.reason as Error;
  }
}

function there<T>(value: T | undefined, what: string): T {
  if (!value) throw new Error(`this story has no ${what.replace(/^(the|a) /, '')}`);
  return value;
}

/** Gives the stories of a file a stack of their own, which is stopped after them. */
export function useStack(wanted: Wanted): Stack {
  const stack = new Stack();
  test.beforeAll(() => stack.start(wanted));
  test.afterAll(() => stack.stop());
  return stack;
}
