import type { CollectionRow } from '@licet/contract';
import { Box, Button, MenuItem, TextField } from '@mui/material';
import { useEffect, useRef, useState } from 'react';
import { useInput, type Validator } from 'react-admin';
import { get, useFormState } from 'react-hook-form';
import { ListEditor } from '../kit/ListEditor.tsx';
import { MONO } from '../root/fonts.ts';

type Action = CollectionRow<'resource-types'>['actions'][number];
type AttributeTypes = CollectionRow<'resource-types'>['attributes'];

const USUAL = ['create', 'read', 'update', 'delete'];
const mono = { fontFamily: MONO, fontSize: 14 };

const twice = (names: readonly string[]) => names.find((name, index) => name && names.indexOf(name) !== index);
const named: Validator = (actions: Action[] = []) => {
  if (actions.some(({ name }) => !name.trim())) return 'An action has no name.';
  const double = twice(actions.map(({ name }) => name));
  return double ? `The action ${double} is there twice.` : undefined;
};

/** Every message of a server fault, however deep it is nested. */
function messagesIn(fault: unknown): string[] {
  if (typeof fault !== 'object' || fault === null) return [];
  if ('message' in fault && typeof fault.message === 'string') return [fault.message.replace(/^@@react-admin@@"?|"$/g, '')];
  return Object.entries(fault).flatMap(([key, inner]) => (key === 'ref' || key === 'root' ? [] : messagesIn(inner)));
}

function useFault(source: string): string | undefined {
  const { errors } = useFormState();
  return messagesIn(get(errors, source)).join(' ') || undefined;
}

/** The actions of a type: their names, and what they mean. */
export function ActionsInput() {
  const { field } = useInput({
    source: 'actions',
    validate: named,
    format: (value: unknown) => value ?? [],
    parse: (value: unknown) => value,
  });
  const actions = field.value as Action[];
  const fault = useFault('actions');
  const missing = USUAL.filter((name) => !actions.some((action) => action.name === name));
  return (
    <ListEditor
      label="Actions"
      noun="action"
      items={actions}
      blank={{ name: '', description: '' }}
      onChange={(items) => field.onChange(items)}
      nameOf={({ name }) => name}
      fault={fault}
      helper="Lower-case verbs. With the type they make permissions: task:read."
      extra={
        missing.length > 0 && (
          <Button
            size="small"
            onClick={() => field.onChange([...actions.filter(({ name }) => name), ...missing.map((name) => ({ name, description: '' }))])}
          >
            Add {missing.join(', ')}
          </Button>
        )
      }
      line={(item, change) => (
        <Box sx={{ display: 'grid', gap: 1, gridTemplateColumns: { xs: '1fr', sm: '2fr 3fr' } }}>
          <TextField
            value={item.name}
            placeholder="read"
            onChange={(event) => change({ ...item, name: event.target.value })}
            slotProps={{ htmlInput: { 'aria-label': 'Action name', style: mono } }}
          />
          <TextField
            value={item.description}
            placeholder="What it lets one do"
            onChange={(event) => change({ ...item, description: event.target.value })}
            slotProps={{ htmlInput: { 'aria-label': item.name ? `Description of ${item.name}` : 'Description' } }}
          />
        </Box>
      )}
    />
  );
}

export const TYPES: { value: AttributeTypes[string]; label: string }[] = [
  { value: 'string', label: 'text' },
  { value: 'number', label: 'number' },
  { value: 'bool', label: 'yes / no' },
  { value: 'timestamp', label: 'timestamp' },
  { value: 'list', label: 'list of texts' },
  { value: 'map', label: 'map' },
  { value: 'any', label: 'anything' },
];

interface Line {
  name: string;
  type: AttributeTypes[string];
}

const linesOf = (types: AttributeTypes): Line[] => Object.entries(types).map(([name, type]) => ({ name, type }));

/** The attributes that resources of a type have, for conditions to read. */
export function AttributeTypesInput() {
  const fault = useRef<string | null>(null);
  const validate: Validator = () => fault.current ?? undefined;
  const { field } = useInput({ source: 'attributes', validate, format: (value: unknown) => value ?? {}, parse: (value: unknown) => value });
  const value = field.value as AttributeTypes;
  const [lines, setLines] = useState(() => linesOf(value));
  const own = useRef(value);
  useEffect(() => {
    if (JSON.stringify(value) === JSON.stringify(own.current)) return;
    own.current = value;
    fault.current = null;
    setLines(linesOf(value));
  }, [value]);
  const change = (next: Line[]) => {
    setLines(next);
    const given = next.filter(({ name }) => name.trim());
    const double = twice(given.map(({ name }) => name));
    fault.current = double ? `The attribute ${double} is there twice.` : null;
    if (!double) own.current = Object.fromEntries(given.map(({ name, type }) => [name.trim(), type]));
    field.onChange({ ...own.current });
  };
  return (
    <ListEditor
      label="Attributes"
      noun="attribute"
      items={lines}
      blank={{ name: '', type: 'string' }}
      onChange={change}
      nameOf={({ name }) => name}
      fault={useFault('attributes')}
      helper="Optional. Conditions read them as resource.properties.ownerId."
      line={(item, set) => (
        <Box sx={{ display: 'grid', gap: 1, gridTemplateColumns: '3fr 2fr' }}>
          <TextField
            value={item.name}
            placeholder="ownerId"
            onChange={(event) => set({ ...item, name: event.target.value })}
            slotProps={{ htmlInput: { 'aria-label': 'Attribute name', style: mono } }}
          />
          <TextField
            select
            value={item.type}
            onChange={(event) => set({ ...item, type: event.target.value as Line['type'] })}
            slotProps={{ select: { inputProps: { 'aria-label': item.name ? `Type of ${item.name}` : 'Type' } } }}
          >
            {TYPES.map(({ value: type, label }) => (
              <MenuItem key={type} value={type}>
                {label}
              </MenuItem>
            ))}
          </TextField>
        </Box>
      )}
    />
  );
}
