import { hasSaved, notice, openConsole, saved } from '../src/console.ts';
import { useStack } from '../src/stack.ts';
import { expect, test } from '../src/test.ts';

const stack = useStack({ setUp: 'with the example' });

test('two people edit one role: nobody overwrites the other unseen', async ({ person }) => {
  const [first, second] = [await person(), await person({ refusals: [412] })];
  const { licet } = stack;
  await licet.create('roles', { id: 'editor', name: 'Editor', description: 'Writes' });
  for (const page of [first, second]) {
    await openConsole(page, licet, '/roles/editor');
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Editor');
  }

  await first.getByRole('textbox', { name: 'Name' }).fill('Chief editor');
  await first.getByRole('combobox', { name: 'Inherits from' }).fill('user');
  await first.getByRole('option', { name: /^user/ }).click();
  await first.getByRole('textbox', { name: 'Reason' }).fill('the board said so');
  await first.getByRole('button', { name: 'Save' }).click();
  await expect(notice(first, 'Saved the role editor.')).toBeVisible();

  await test.step('the second sees both sides, and keeps what was typed', async () => {
    await second.getByRole('textbox', { name: 'Name' }).fill('Text editor');
    await second.getByRole('textbox', { name: 'Description' }).fill('Writes and corrects');
    await second.getByRole('textbox', { name: 'Reason' }).fill('clearer');
    await second.getByRole('button', { name: 'Save' }).click();
    const dialog = second.getByRole('dialog', { name: 'Somebody else changed it meanwhile' });
    await expect(dialog).toContainText('the board said so');
    const sides = dialog.getByRole('table', { name: 'What each side changed' });
    await expect(sides.getByRole('row', { name: /^Name/ }).getByRole('cell')).toContainText(['Editor', 'Chief editor', 'Text editor', '']);
    await expect(sides.getByRole('row', { name: /^Description/ }).getByRole('cell')).toContainText([
      'Writes',
      'Writes',
      'Writes and corrects',
      'Yours is kept',
    ]);
    await expect(sides.getByRole('row', { name: /^Inherits from/ }).getByRole('cell')).toContainText(['', 'user', '', 'Theirs is taken']);
    await dialog.getByRole('radio', { name: 'Keep theirs' }).check();
    await dialog.getByRole('button', { name: 'Put into the form' }).click();
    await expect(dialog).toBeHidden();
  });

  await test.step('nothing is saved until the second says so', async () => {
    const [row] = await licet.rows('roles', { q: 'editor' });
    expect(row).toMatchObject({ name: 'Chief editor', description: 'Writes', inherits: ['user'] });
    await expect(second.getByRole('textbox', { name: 'Name' })).toHaveValue('Chief editor');
    await expect(second.getByRole('textbox', { name: 'Description' })).toHaveValue('Writes and corrects');
    await expect(second.getByRole('textbox', { name: 'Reason' })).toHaveValue('clearer');
    await second.getByRole('button', { name: 'Save' }).click();
    await hasSaved(second, 'role editor', '/roles/editor');
    const [merged] = await licet.rows('roles', { q: 'editor' });
    expect(merged).toMatchObject({ name: 'Chief editor', description: 'Writes and corrects', inherits: ['user'] });
  });

  await test.step('a save that changes nothing claims no revision', async () => {
    const before = await licet.rows('changes');
    await second.goto(`${licet.url}/#/roles/editor`);
    await second.getByRole('button', { name: 'Save' }).click();
    await expect(notice(second, 'Nothing was changed: this is how it was stored already.')).toBeVisible();
    await expect(notice(second, 'Saved')).toHaveCount(0);
    expect(await licet.rows('changes')).toEqual(before);
  });
});

test('a condition in use is not changed before its author has seen which grants follow', async ({ person }) => {
  const operator = await person({ refusals: [422] });
  const { licet } = stack;
  await licet.create('conditions', { id: 'in-office', expression: 'context.network == "office"' });
  await openConsole(operator, licet, '/conditions/in-office');
  const expression = operator.getByRole('textbox', { name: 'Expression' });
  const save = async (text: string) => {
    await operator.goto(`${licet.url}/#/conditions/in-office`);
    await expression.fill(text);
    await operator.getByRole('button', { name: 'Save' }).click();
  };
  const stored = async () => (await licet.rows('conditions', { q: 'in-office' })).map((row) => row.expression);

  await test.step('one that no grant depends on is saved at once', async () => {
    await save('context.network == "head office"');
    await hasSaved(operator, 'condition in-office', '/conditions/in-office');
  });

  for (const permission of ['task:read', 'task:list', 'task:update', 'task:delete'])
    await licet.create('grants', { role: 'user', permission, effect: 'deny', condition: 'in-office' });
  const dialog = operator.getByRole('dialog', { name: 'Change what these grants depend on?' });

  await test.step('one in use says what it reaches, and is not saved by looking', async () => {
    await save('context.network == "home"');
    await expect(dialog).toContainText('4 grants of 1 role, and 2 roles that inherit from it');
    await expect(dialog.getByRole('list', { name: 'Grants with this condition' })).toContainText(/user.*Deny.*and 1 more/);
    await dialog.getByRole('button', { name: 'Back to the form' }).click();
    await expect(expression).toHaveValue('context.network == "home"');
    expect(await stored()).toEqual(['context.network == "head office"']);
  });

  await test.step('what is wrong with it is said at its field after that, as always', async () => {
    await expression.fill('context.network ==');
    await operator.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('button', { name: 'Save, for all 4 grants' }).click();
    await expect(expression).toHaveAttribute('aria-invalid', 'true');
    await expect(dialog).toBeHidden();
  });

  await test.step('it is saved once that is confirmed; its description is not asked about', async () => {
    await expression.fill('context.network == "home"');
    await operator.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('button', { name: 'Save, for all 4 grants' }).click();
    await hasSaved(operator, 'condition in-office', '/conditions/in-office');
    expect(await stored()).toEqual(['context.network == "home"']);
    await operator.goto(`${licet.url}/#/conditions/in-office`);
    await operator.getByRole('textbox', { name: 'Description' }).fill('At home');
    const answer = saved(operator, 'PATCH', 'conditions');
    await operator.getByRole('button', { name: 'Save' }).click();
    await answer;
  });
});
