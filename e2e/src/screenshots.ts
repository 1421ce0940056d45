import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { settled } from './accessibility.ts';
import { openConsole, openEntry, openScreen } from './console.ts';
import { ROOT } from './installed.ts';
import { useStack } from './stack.ts';
import { createTask, deleteTask, signUp, token } from './task-manager.ts';
import { expect, test } from './test.ts';

const stack = useStack({ setUp: 'with the example', sample: true, flask: true });

test('the pictures of the documentation', async ({ person }) => {
  const { flask, licet } = stack;
  const [ines, daniel, operator] = [await person(), await person({ refusals: [403] }), await person()];
  await signUp(ines, flask, 'ines.carvalho', 'Inês Carvalho');
  await signUp(daniel, flask, 'daniel.kim', 'Daniel Kim');
  const hers: string[] = [];
  for (const title of ['Call back Harbour Clinic', 'Order badges for the new colleagues', 'Archive tickets of 2024'])
    hers.push(await createTask(ines, flask, title));
  await createTask(daniel, flask, 'Prepare the handover');

  await daniel.goto(`${flask.url}/tasks`);
  const csrf = await token(daniel);
  await daniel.getByRole('button', { name: 'Delete “Prepare the handover”' }).evaluate((element, action) => {
    (element as HTMLButtonElement).form?.setAttribute('action', action);
  }, `${hers[0]}/delete`);
  await daniel.getByRole('button', { name: 'Delete “Prepare the handover”' }).click();
  await expect(daniel.getByRole('heading', { name: 'You may not do this' })).toBeVisible();
  await save(daniel, 'flask-refusal');

  await licet.create(
    'assignments',
    { user: 'daniel.kim', role: 'admin', reason: 'CR-124: stands in for Amara' },
    'CR-124: stands in for Amara',
  );
  await expect.poll(() => deleteTask(daniel, flask, hers[2] ?? '', csrf)).toBe(302);
  await expect.poll(() => licet.rows('decisions', { subject: 'daniel.kim', decision: 'true', action: 'delete' })).not.toEqual([]);

  const [audit] = await licet.rows('assignments', { user: 'grace.murphy' });
  const until = {
    body: { expiresAt: '2027-09-30T00:00:00Z' },
    version: audit?.version ?? 0,
    reason: 'CR-125: the audit takes three months longer',
  };
  await licet.ask('PATCH', `assignments/${audit?.id}`, until);

  await openConsole(operator, licet, '/roles');
  await settled(operator, 'Roles');
  await openScreen(operator, 'Permission matrix');
  await settled(operator, 'Permission matrix');
  await save(operator, 'console-matrix');
  await openScreen(operator, 'Decision log');
  await expect(await openEntry(operator, /Allow daniel\.kim task:delete/)).toContainText('The role admin grants');
  await save(operator, 'decision-log');
  const properties = encodeURIComponent(JSON.stringify({ ownerId: 'ines.carvalho' }));
  await operator.goto(`${licet.url}/#/ask?subject=hiroshi.tanaka&action=delete&type=task&id=t1&properties=${properties}`);
  await expect(operator.getByRole('list', { name: 'What comes nearest' })).toContainText('Assigned only in tenant nordlys-energi');
  await settled(operator, 'Ask');
  await save(operator, 'console-ask');
  await openScreen(operator, 'Audit trail');
  await expect(await openEntry(operator, /olga changed the assignment of reviewer to grace\.murphy/)).toContainText('2027-09-30');
  await save(operator, 'audit-trail');
});

async function save(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(ROOT, 'docs/images', `${name}.png`), caret: 'hide' });
}
