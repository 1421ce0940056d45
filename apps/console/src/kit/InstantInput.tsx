import { Box, Button, TextField } from '@mui/material';
import { useInput } from 'react-admin';
import { helperText, type FieldProps } from './inputs.tsx';
import { fromLocalInput, toLocalInput } from './instants.ts';

const HOUR = 3_600_000;
const PRESETS = [
  { label: '8 hours', ms: 8 * HOUR },
  { label: '7 days', ms: 7 * 24 * HOUR },
  { label: '30 days', ms: 30 * 24 * HOUR },
];

interface Props extends FieldProps {
  presets?: boolean;
  /** Whether it must be to come. */
  ahead?: boolean;
}

const isAhead = (value: string | null) => (value && Date.parse(value) <= Date.now() ? 'This has passed already.' : undefined);

/** A time, entered in the reader's zone and stored as an instant. */
export function InstantInput({ source, label, helper, presets = false, ahead = false }: Props) {
  const { id, field, fieldState } = useInput({
    source,
    validate: ahead ? [isAhead] : [],
    format: (value: string | null) => value,
    parse: (value: string | null) => value,
  });
  return (
    <Box>
      <TextField
        id={id}
        label={label}
        type="datetime-local"
        value={toLocalInput(field.value as string | null)}
        onChange={(event) => field.onChange(fromLocalInput(event.target.value))}
        onBlur={field.onBlur}
        fullWidth
        error={fieldState.invalid}
        helperText={helperText(fieldState.error, helper)}
        slotProps={{ inputLabel: { shrink: true } }}
      />
      {presets && (
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.5, mt: 0.5 }}>
          {PRESETS.map((preset) => (
            <Button key={preset.label} size="small" onClick={() => field.onChange(new Date(Date.now() + preset.ms).toISOString())}>
              {preset.label}
            </Button>
          ))}
          <Button size="small" color="inherit" onClick={() => field.onChange(null)}>
            No end
          </Button>
        </Box>
      )}
    </Box>
  );
}
