import { FormControlLabel, FormHelperText, Switch, TextField, type TextFieldProps } from '@mui/material';
import type { ReactNode } from 'react';
import { required as mustBeGiven, useInput, ValidationError, type Validator } from 'react-admin';
import { MONO } from '../root/fonts.ts';
import { Words } from './Words.tsx';

export interface FieldProps {
  source: string;
  label: string;
  helper?: ReactNode;
  required?: boolean;
  disabled?: boolean;
}

const REQUIRED: Validator = mustBeGiven('This must be filled in') as Validator;
export const validators = (required: boolean | undefined, ...more: Validator[]): Validator[] => [...(required ? [REQUIRED] : []), ...more];

// How react-admin marks the messages of its own validators.
const OWN_FORMAT = '@@react-admin@@';

/** The fault of a field if there is one, else the hint. */
export function helperText(error: { message?: string } | undefined, helper: ReactNode): ReactNode {
  if (!error?.message) return helper;
  return error.message.startsWith(OWN_FORMAT) ? <ValidationError error={error.message} /> : <Words text={error.message} />;
}

interface TextProps extends FieldProps {
  /** Stored as null when emptied. */
  nullable?: boolean;
  lines?: number;
  mono?: boolean;
  placeholder?: string;
  type?: 'text' | 'password';
  autoFocus?: boolean;
  textField?: Partial<TextFieldProps>;
}

export function TextInput({
  source,
  label,
  helper,
  required,
  disabled,
  nullable,
  lines,
  mono,
  placeholder,
  type,
  autoFocus,
  textField,
}: TextProps) {
  const { id, field, fieldState } = useInput({
    source,
    validate: validators(required),
    parse: (text: string) => (nullable && text === '' ? null : text),
  });
  return (
    <TextField
      {...field}
      id={id}
      label={label}
      type={type ?? 'text'}
      required={required ?? false}
      disabled={disabled ?? false}
      fullWidth
      autoComplete="off"
      autoFocus={autoFocus ?? false}
      placeholder={placeholder ?? ''}
      error={fieldState.invalid}
      helperText={helperText(fieldState.error, helper)}
      {...(lines ? { multiline: true, minRows: lines } : {})}
      slotProps={{
        htmlInput: {
          spellCheck: mono ? 'false' : undefined,
          style: mono ? { fontFamily: MONO, fontSize: 14, lineHeight: 1.6 } : undefined,
        },
      }}
      {...textField}
    />
  );
}

/** The key of a new row. */
export function KeyInput({ helper, placeholder = '' }: Pick<TextProps, 'helper' | 'placeholder'>) {
  return <TextInput source="id" label="Id" required mono autoFocus placeholder={placeholder} helper={helper} />;
}

export function SwitchInput({ source, label, helper }: FieldProps) {
  const { id, field } = useInput({ source, type: 'checkbox' });
  return (
    <div>
      <FormControlLabel
        htmlFor={id}
        control={
          <Switch
            id={id}
            name={field.name}
            checked={Boolean(field.value)}
            onChange={(_event, checked) => field.onChange(checked)}
            onBlur={field.onBlur}
          />
        }
        label={label}
      />
      {helper && <FormHelperText sx={{ mt: 0 }}>{helper}</FormHelperText>}
    </div>
  );
}
