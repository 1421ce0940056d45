import { TextField } from '@mui/material';
import { REASON_FIELD } from '../providers/dataProvider.ts';
import { TextInput } from './inputs.tsx';

const HELP = 'Optional. Kept with the change in the audit trail.';

/** Why a change is made: a field of a form. */
export function ReasonInput() {
  return <TextInput source={REASON_FIELD} label="Reason" helper={HELP} textField={{ sx: { maxWidth: 560 } }} />;
}

/** The same outside of a form, for dialogs. */
export function ReasonField({ value, onChange, dense = false }: { value: string; onChange: (reason: string) => void; dense?: boolean }) {
  return (
    <TextField
      label="Reason"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      fullWidth
      autoComplete="off"
      helperText={dense ? undefined : HELP}
      slotProps={{ htmlInput: { maxLength: 1000 } }}
    />
  );
}
