import { notice, openConsole } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ setUp: 'with the example' });

test('what is typed faster than the server answers is taken for nothing else', async ({ person }) => {
  const operator = await person();
  const { licet } = stack;
  for (const id of ['audrey', 'zoe-2', 'zoe-20']) await licet.create('users', { id });
  await openConsole(operator, licet, '/assignments/create');
  const field = operator.getByRole('combobox', { name: 'User' });

  await test.step('Enter waits for the rows that match, and takes the whole key before others that begin like it', async () => {
    await field.click();
    await expect(operator.getByRole('option', { name: /^audrey/ })).toBeVisible();
    await field.pressSequentially('zoe-2');
    await field.press('Enter');
    await expect(operator.getByRole('option', { name: /^zoe-20/ })).toBeVisible();
    await expect(field).toHaveValue('zoe-2');
    await field.press('Enter');
    await expect(operator.getByRole('option')).toHaveCount(0);
    await expect(operator.getByRole('button', { name: 'Clear' })).toBeVisible();
    await expect(field).toHaveValue('zoe-2');
  });

  await test.step('a whole key that was typed stays when the field is left', async () => {
    await field.press('ControlOrMeta+a');
    await field.pressSequentially('zoe-20');
    await expect(operator.getByRole('option', { name: /^zoe-20/ })).toBeVisible();
    await expect(operator.getByRole('option', { name: /^audrey/ })).toHaveCount(0);
    await field.press('Tab');
    await expect(field).toHaveValue('zoe-20');
  });

  await test.step('an end that has passed is said, and nothing is assigned', async () => {
    await operator.getByLabel('Until').fill('2020-01-01T00:00');
    await operator.getByRole('button', { name: 'Assign', exact: true }).click();
    await expect(operator.getByText('This has passed already.')).toBeVisible();
  });
});

test('a session that has ended and a server that is away are said, and no success with them', async ({ person }) => {
  const operator = await person({ refusals: [401] });
  const { licet } = stack;
  await licet.create('roles', { id: 'scribe', description: 'Writes' });

  await test.step('without a connection a write fails at once, and is not sent later', async () => {
    await openConsole(operator, licet, '/groups/create');
    await operator.getByRole('textbox', { name: 'Id' }).fill('late');
    await operator.context().setOffline(true);
    await operator.getByRole('button', { name: 'Create' }).click();
    await expect(operator.getByRole('alert')).toContainText('No answer from the server.');
    await operator.context().setOffline(false);
    expect(await licet.rows('groups', { q: 'late' })).toEqual([]);
  });

  await test.step('a session that has ended is said at the sign-in, and the change is not called saved', async () => {
    await openConsole(operator, licet, '/roles/scribe');
    await operator.reload();
    await operator.getByRole('textbox', { name: 'Description' }).fill('Writes and corrects');
    await operator.context().clearCookies();
    await operator.getByRole('button', { name: 'Save' }).click();
    await expect(operator.getByRole('alert')).toContainText('Your session has ended.');
    await expect(operator.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
    await expect(notice(operator, 'Saved the role')).toHaveCount(0);
    expect(await licet.rows('roles', { q: 'scribe' })).toMatchObject([{ description: 'Writes' }]);
  });
});
