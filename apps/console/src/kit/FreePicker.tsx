import type { CollectionName } from '@licet/contract';
import { Autocomplete, TextField } from '@mui/material';
import { useState } from 'react';
import { useInput } from 'react-admin';
import { MONO } from '../root/fonts.ts';
import { helperText, validators, type FieldProps } from './inputs.tsx';
import { OptionLine, useOptions, type Option } from './Picker.tsx';

interface Props extends FieldProps {
  resource: CollectionName;
  filter?: Record<string, unknown>;
  placeholder?: string;
  autoFocus?: boolean;
  /** What a picked key puts into the field; the key itself unless said otherwise. */
  taken?: (key: string) => string;
  onPicked?: (key: string) => void;
  /** With what was typed, once the field is left or Enter is pressed. */
  onTyped?: (text: string) => void;
}

const itself = (key: string) => key;

/** A text for which the server offers rows that match. What it does not know may be typed all the same. */
export function FreePickerInput({
  source,
  label,
  helper,
  required,
  resource,
  filter,
  placeholder,
  autoFocus = false,
  taken = itself,
  onPicked,
  onTyped,
}: Props) {
  const { id, field, fieldState } = useInput({
    source,
    validate: validators(required),
    format: (value: unknown) => value ?? '',
    parse: (value: unknown) => value,
  });
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const { options, more, loading } = useOptions(resource, open ? typed : '', filter, open);
  const pick = (option: Option | string | null) => {
    const key = typeof option === 'string' ? option : (option?.id ?? '');
    field.onChange(option && typeof option !== 'string' ? taken(key) : key);
    if (option && typeof option !== 'string') onPicked?.(key);
  };
  return (
    <Autocomplete<Option, false, false, true>
      id={id}
      freeSolo
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => {
        setOpen(false);
        setTyped('');
      }}
      options={options}
      filterOptions={(all) => all}
      value={null}
      inputValue={field.value as string}
      onInputChange={(_event, next, reason) => {
        if (reason !== 'input') return;
        setTyped(next);
        field.onChange(next);
      }}
      onChange={(_event, option) => pick(option)}
      getOptionLabel={(option) => (typeof option === 'string' ? option : option.id)}
      getOptionKey={(option) => (typeof option === 'string' ? option : option.id)}
      loading={loading}
      fullWidth
      renderOption={({ key, ...props }, option) => (
        <li key={key} {...props}>
          <OptionLine {...option} />
        </li>
      )}
      renderInput={(params) => (
        <TextField
          {...params}
          label={label}
          required={required ?? false}
          error={fieldState.invalid}
          autoFocus={autoFocus}
          placeholder={placeholder ?? ''}
          onBlur={() => {
            field.onBlur();
            onTyped?.(field.value as string);
          }}
          onKeyDown={({ key }) => key === 'Enter' && onTyped?.(field.value as string)}
          helperText={open && more ? `${more} more match: type to narrow them down` : helperText(fieldState.error, helper)}
          slotProps={{
            ...params.slotProps,
            htmlInput: { ...params.slotProps.htmlInput, spellCheck: 'false', style: { fontFamily: MONO, fontSize: 14 } },
            inputLabel: { ...params.slotProps.inputLabel, ...(placeholder ? { shrink: true } : {}) },
          }}
        />
      )}
    />
  );
}
