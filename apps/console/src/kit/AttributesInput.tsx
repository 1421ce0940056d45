import AddIcon from '@mui/icons-material/AddOutlined';
import RemoveIcon from '@mui/icons-material/CloseOutlined';
import type { Attributes, AttributeType } from '@licet/contract';
import { Box, Button, FormHelperText, IconButton, MenuItem, TextField, Typography } from '@mui/material';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useInput, type Validator } from 'react-admin';
import { MONO } from '../root/fonts.ts';
import { attributesOf, kindOf, KINDS, linesOf, type AttributeKind, type AttributeLine } from './attributes.ts';
import { Code } from './Code.tsx';
import { helperText } from './inputs.tsx';

// Where the input itself has room for a line in one row: it may stand in a narrow column of a wide page.
const ROOMY = '@container (min-width: 440px)';
const BLANK: AttributeLine = { name: '', kind: 'text', text: '' };

function ValueField({ line, onChange, autoFocus }: Pick<LineProps, 'line' | 'autoFocus'> & { onChange: (text: string) => void }) {
  const label = line.name ? `Value of ${line.name}` : 'Value';
  if (line.kind === 'bool') {
    return (
      <TextField
        select
        autoFocus={autoFocus}
        value={line.text === 'true' ? 'true' : 'false'}
        onChange={(event) => onChange(event.target.value)}
        slotProps={{ select: { inputProps: { 'aria-label': label } } }}
      >
        <MenuItem value="true">yes</MenuItem>
        <MenuItem value="false">no</MenuItem>
      </TextField>
    );
  }
  const placeholder = { text: '', number: '0', list: 'one, two', json: '{ }', bool: '' }[line.kind];
  return (
    <TextField
      autoFocus={autoFocus}
      value={line.text}
      onChange={(event) => onChange(event.target.value)}
      placeholder={placeholder}
      multiline={line.kind === 'json'}
      slotProps={{
        htmlInput: {
          'aria-label': label,
          style: line.kind === 'json' ? { fontFamily: MONO } : undefined,
          inputMode: line.kind === 'number' ? 'decimal' : undefined,
        },
      }}
    />
  );
}

interface LineProps {
  line: AttributeLine;
  onChange: (line: AttributeLine) => void;
  onRemove: () => void;
  autoFocus: boolean;
}

function Line({ line, onChange, onRemove, autoFocus }: LineProps) {
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 1,
        gridTemplateColumns: '1fr 116px 36px',
        [ROOMY]: { gridTemplateColumns: 'minmax(0, 5fr) 112px minmax(0, 7fr) 36px' },
        alignItems: 'start',
      }}
    >
      <TextField
        value={line.name}
        onChange={(event) => onChange({ ...line, name: event.target.value })}
        placeholder="name"
        slotProps={{ htmlInput: { 'aria-label': 'Attribute name', style: { fontFamily: MONO, fontSize: 14 } } }}
      />
      <TextField
        select
        value={line.kind}
        onChange={(event) => onChange({ ...line, kind: event.target.value as AttributeKind })}
        slotProps={{ select: { inputProps: { 'aria-label': line.name ? `Type of ${line.name}` : 'Type' } } }}
      >
        {KINDS.map(({ value, label }) => (
          <MenuItem key={value} value={value}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      <Box sx={{ gridColumn: '1 / 3', gridRow: 2, [ROOMY]: { gridColumn: 'auto', gridRow: 'auto' }, display: 'grid' }}>
        <ValueField line={line} autoFocus={autoFocus} onChange={(text) => onChange({ ...line, text })} />
      </Box>
      <IconButton
        aria-label={line.name ? `Remove ${line.name}` : 'Remove this attribute'}
        onClick={onRemove}
        sx={{ gridColumn: 3, gridRow: 1, [ROOMY]: { gridColumn: 'auto', gridRow: 'auto' } }}
      >
        <RemoveIcon fontSize="small" />
      </IconButton>
    </Box>
  );
}

interface Props {
  source: string;
  label: string;
  helper?: ReactNode;
  /** Attributes that are known by name, each offered as a line to fill in. */
  known?: Readonly<Record<string, AttributeType>>;
}

/** Attributes as lines of name, type and value. */
export function AttributesInput({ source, label, helper, known = {} }: Props) {
  const fault = useRef<string | null>(null);
  const validate: Validator = () => fault.current ?? undefined;
  const { field, fieldState } = useInput({ source, validate, format: (value: unknown) => value ?? {}, parse: (value: unknown) => value });
  const value = field.value as Attributes;
  const [lines, setLines] = useState(() => linesOf(value));
  const [begun, setBegun] = useState(-1);
  const own = useRef(value);
  useEffect(() => {
    if (value === own.current || JSON.stringify(value) === JSON.stringify(own.current)) return;
    own.current = value; // it was set from outside: loaded, or merged with somebody else's
    fault.current = null;
    setLines(linesOf(value));
  }, [value]);
  const change = (next: AttributeLine[]) => {
    setLines(next);
    const result = attributesOf(next);
    fault.current = 'fault' in result ? result.fault : null;
    own.current = 'fault' in result ? own.current : result.attributes;
    // Where a line cannot be read the last good value is put again, so that the form validates and says what is wrong.
    field.onChange({ ...own.current });
  };
  const offered = Object.entries(known).filter(([name]) => !lines.some((line) => line.name === name));
  const message = helperText(fieldState.error, helper);
  return (
    <Box role="group" aria-label={label} sx={{ containerType: 'inline-size' }}>
      <Typography sx={{ fontWeight: 600, fontSize: 14, mb: 1 }}>{label}</Typography>
      <Box sx={{ display: 'grid', gap: 1 }}>
        {lines.map((line, index) => (
          <Line
            key={index}
            line={line}
            autoFocus={index === begun}
            onChange={(next) => change(lines.with(index, next))}
            onRemove={() => change(lines.toSpliced(index, 1))}
          />
        ))}
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.5, mt: lines.length ? 1 : 0 }}>
        {offered.map(([name, type]) => (
          <Button
            key={name}
            size="small"
            startIcon={<AddIcon />}
            onClick={() => {
              setBegun(lines.length); // its value is what is typed next, and this button goes away
              change([...lines, { name, kind: kindOf(type), text: '' }]);
            }}
            aria-label={`Add ${name}`}
          >
            <Code>{name}</Code>
          </Button>
        ))}
        <Button size="small" startIcon={<AddIcon />} onClick={() => change([...lines, BLANK])}>
          Add an attribute
        </Button>
      </Box>
      {message && (
        <FormHelperText error={fieldState.invalid} sx={{ ml: 0 }}>
          {message}
        </FormHelperText>
      )}
    </Box>
  );
}
