import { describe, expect, it } from '@jest/globals';
import { step } from './gridSteps.ts';
import type { MatrixLine } from './rows.ts';

const group: MatrixLine = { kind: 'group', type: 'task' };
const line: MatrixLine = { kind: 'permission', type: 'task', permission: 'task:read', description: '' };
const lines = [group, line, line, group, line];
const press = (key: string, row: number, column: number, ctrlKey = false) =>
  step({ key, ctrlKey, metaKey: false }, { row, column }, lines, 3);

describe('step', () => {
  it('passes over the headings of groups', () => {
    expect(press('ArrowDown', 2, 1)).toEqual({ row: 4, column: 1 });
    expect(press('ArrowUp', 4, 1)).toEqual({ row: 2, column: 1 });
  });

  it('stops at the edges', () => {
    expect(press('ArrowUp', 1, 0)).toEqual({ row: 1, column: 0 });
    expect(press('ArrowLeft', 1, 0)).toEqual({ row: 1, column: 0 });
    expect(press('ArrowRight', 1, 2)).toEqual({ row: 1, column: 2 });
    expect(press('PageDown', 1, 2)).toEqual({ row: 4, column: 2 });
  });

  it('goes to the ends of a line, and with Ctrl to those of the grid', () => {
    expect(press('End', 2, 0)).toEqual({ row: 2, column: 2 });
    expect(press('Home', 2, 2)).toEqual({ row: 2, column: 0 });
    expect(press('End', 1, 0, true)).toEqual({ row: 4, column: 2 });
    expect(press('Home', 4, 2, true)).toEqual({ row: 1, column: 0 });
  });

  it('leaves other keys alone, and an empty grid', () => {
    expect(press('Tab', 1, 0)).toBeNull();
    expect(step({ key: 'ArrowDown', ctrlKey: false, metaKey: false }, { row: -1, column: 0 }, [], 0)).toBeNull();
  });
});
