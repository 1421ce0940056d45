import type { CollectionName } from '@licet/contract';
import { Autocomplete, Box, TextField } from '@mui/material';
import { useEffect, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useInput } from 'react-admin';
import { MONO } from '../root/fonts.ts';
import { helperText, validators, type FieldProps } from './inputs.tsx';
import { useSome } from './read.ts';

const SHOWN = 20;
const TYPING_MS = 250;

export interface Option {
  id: string;
  name?: string | null;
  description?: string;
}

/** The first rows that match what is typed; the server searches all of them. */
export function useOptions(resource: CollectionName, text: string, filter: Record<string, unknown> | undefined, wanted: boolean) {
  const [q, setQ] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setQ(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, isFetching } = useSome(resource, { filter: { ...filter, q }, perPage: SHOWN, enabled: wanted });
  // The rows of what was typed before are no choice: Enter would take the first of them.
  const found = (q === text ? (data?.items ?? []) : []) as unknown as Option[];
  const options = [...found.filter(({ id }) => id === text), ...found.filter(({ id }) => id !== text)];
  return { options, more: q === text ? Math.max(0, (data?.total ?? 0) - found.length) : 0, loading: q !== text || isFetching };
}

/** Enter is not for the form while the rows of what was typed are still to come. */
function waitForRows(loading: boolean) {
  return (event: KeyboardEvent) => {
    if (event.key === 'Enter' && loading) event.preventDefault();
  };
}

export function OptionLine({ id, name, description, barred = null }: Option & { barred?: string | null }) {
  const second = barred ?? (name && name !== id ? name : description);
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box sx={{ fontFamily: MONO, fontSize: 14, overflowWrap: 'anywhere' }}>{id}</Box>
      {second && (
        <Box
          sx={{
            fontSize: 13,
            color: 'text.secondary',
            ...(barred ? {} : { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
          }}
        >
          {second}
        </Box>
      )}
    </Box>
  );
}

interface PickProps {
  resource: CollectionName;
  label: string;
  value: string | null;
  onChange: (id: string | null) => void;
  filter?: Record<string, unknown>;
  /** Choices that are no rows, shown before them: for instance all tenants. */
  extra?: readonly Option[];
  placeholder?: string;
  required?: boolean;
  error?: boolean;
  helper?: ReactNode;
  autoFocus?: boolean;
  /** Why a row cannot be chosen, if so. It is shown all the same: who looks for it learns why. */
  barred?: ((id: string) => string | null) | undefined;
}

const free = () => null;
// What cannot be chosen is there to be read.
const LEGIBLE = { '& .MuiAutocomplete-option[aria-disabled="true"]': { opacity: 1, color: 'text.secondary' } };

/** Picks one row by its key, searched for on the server. */
export function Picker({
  resource,
  label,
  value,
  onChange,
  filter,
  extra = [],
  placeholder,
  required = false,
  error = false,
  helper,
  autoFocus = false,
  barred = free,
}: PickProps) {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const { options, more, loading } = useOptions(resource, open && text !== value ? text : '', filter, open);
  const fitting = extra.filter(
    ({ id, name }) => !text || text === value || `${id} ${name ?? ''}`.toLowerCase().includes(text.toLowerCase()),
  );
  // The same object as long as the key is the same: the field takes another one for another choice, and forgets what is being typed.
  const selected = useMemo((): Option | null => (value === null ? null : { id: value }), [value]);
  return (
    <Autocomplete<Option>
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
      options={[...fitting, ...options]}
      filterOptions={(all) => all}
      value={selected}
      inputValue={text}
      onInputChange={(_event, next) => setText(next)}
      onKeyDown={waitForRows(open && loading)}
      onBlur={() => {
        // A whole key was typed: it is meant, though nothing was picked.
        if (text && options[0]?.id === text && barred(text) === null) onChange(text);
      }}
      onChange={(_event, option) => onChange(option?.id ?? null)}
      getOptionLabel={({ id }) => extra.find((option) => option.id === id)?.name ?? id}
      getOptionKey={({ id }) => id}
      getOptionDisabled={({ id }) => barred(id) !== null}
      isOptionEqualToValue={(option, chosen) => option.id === chosen.id}
      loading={loading}
      loadingText="Searching…"
      noOptionsText="Nothing matches"
      autoHighlight
      fullWidth
      slotProps={{ listbox: { sx: LEGIBLE } }}
      renderOption={({ key, ...props }, option) => (
        <li key={key} {...props}>
          <OptionLine {...option} barred={barred(option.id)} />
        </li>
      )}
      renderInput={(params) => (
        <TextField
          {...params}
          label={label}
          required={required}
          error={error}
          autoFocus={autoFocus}
          placeholder={placeholder ?? ''}
          helperText={open && more ? `${more} more match: type to narrow them down` : helper}
          slotProps={{ ...params.slotProps, inputLabel: { ...params.slotProps.inputLabel, ...(placeholder ? { shrink: true } : {}) } }}
        />
      )}
    />
  );
}

type InputProps = FieldProps & Pick<PickProps, 'resource' | 'filter' | 'extra' | 'placeholder' | 'autoFocus' | 'barred'>;

export function PickerInput({ source, label, helper, required, ...pick }: InputProps) {
  const { field, fieldState } = useInput({
    source,
    validate: validators(required),
    format: (value: unknown) => value ?? null,
    parse: (value: unknown) => value,
  });
  return (
    <Picker
      {...pick}
      label={label}
      required={required ?? false}
      value={field.value as string | null}
      onChange={(id) => field.onChange(id)}
      error={fieldState.invalid}
      helper={helperText(fieldState.error, helper)}
    />
  );
}

/** Picks several rows by their keys. */
export function ManyPickerInput({
  source,
  label,
  helper,
  resource,
  filter,
  without,
}: FieldProps & { resource: CollectionName; filter?: Record<string, unknown>; without?: string }) {
  const { field, fieldState } = useInput({ source, format: (value: unknown) => value ?? [], parse: (value: unknown) => value });
  const value = field.value as string[];
  const selected = useMemo(() => value.map((id): Option => ({ id })), [value]);
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const { options, loading } = useOptions(resource, text, filter, open);
  return (
    <Autocomplete
      multiple
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
      options={options.filter(({ id }) => id !== without)}
      filterOptions={(all) => all}
      filterSelectedOptions
      value={selected}
      inputValue={text}
      onInputChange={(_event, next) => setText(next)}
      onKeyDown={waitForRows(open && loading)}
      onChange={(_event, chosen) => field.onChange(chosen.map(({ id }) => id))}
      getOptionLabel={({ id }) => id}
      isOptionEqualToValue={(option, chosen) => option.id === chosen.id}
      loading={loading}
      loadingText="Searching…"
      noOptionsText="Nothing matches"
      renderOption={({ key, ...props }, option) => (
        <li key={key} {...props}>
          <OptionLine {...option} />
        </li>
      )}
      renderInput={(params) => (
        <TextField {...params} label={label} error={fieldState.invalid} helperText={helperText(fieldState.error, helper)} />
      )}
    />
  );
}
