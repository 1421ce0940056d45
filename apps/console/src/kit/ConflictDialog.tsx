import type { CollectionName } from '@licet/contract';
import {
  Alert,
  Box,
  Button,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  Radio,
  RadioGroup,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableRow,
  Typography,
} from '@mui/material';
import { useState } from 'react';
import { COLLECTIONS } from '../providers/collections.ts';
import { ActorLink } from './ActorLink.tsx';
import { useCan } from './access.tsx';
import { valueText, type Row } from './diff.ts';
import { merged, threeWay, type MergeField } from './merge.ts';
import { useSome } from './read.ts';
import { Time } from './Time.tsx';

interface Props {
  resource: CollectionName;
  base: Row;
  theirs: Row;
  mine: Row;
  labels: Readonly<Record<string, string>>;
  onMerge: (values: Row) => void;
  onClose: () => void;
}

function Author({ resource, id }: { resource: CollectionName; id: string }) {
  const can = useCan();
  const { data } = useSome('audit-entries', { filter: { kind: resource, target: id }, perPage: 1, enabled: can('licet.audit-entry:read') });
  const last = data?.items[0];
  if (!last) return <>Somebody else saved it</>;
  return (
    <>
      <ActorLink id={last.actor} /> saved it <Time at={last.at} as="relative" />
      {last.reason && ` (“${last.reason}”)`}
    </>
  );
}

function Choice({
  field,
  label,
  value,
  onChange,
}: {
  field: MergeField;
  label: string;
  value: 'theirs' | 'mine';
  onChange: (value: 'theirs' | 'mine') => void;
}) {
  if (field.changed !== 'both') {
    const words = { mine: 'Yours is kept', theirs: 'Theirs is taken', agreed: 'Both the same' };
    return <Typography variant="body2">{words[field.changed]}</Typography>;
  }
  return (
    <RadioGroup aria-label={`Which ${label} to go on with`} value={value} onChange={(_event, next) => onChange(next as 'theirs' | 'mine')}>
      <FormControlLabel value="mine" control={<Radio size="small" />} label="Take mine" />
      <FormControlLabel value="theirs" control={<Radio size="small" />} label="Keep theirs" />
    </RadioGroup>
  );
}

/** Somebody saved the row while a form was open on it. Nothing typed is lost: the operator chooses field by field, then saves again. */
export function ConflictDialog({ resource, base, theirs, mine, labels, onMerge, onClose }: Props) {
  const fields = threeWay(base, theirs, mine, COLLECTIONS[resource].editable);
  const [choices, setChoices] = useState<Record<string, 'theirs' | 'mine'>>({});
  const labelOf = (field: string) => labels[field] ?? field;
  const value = (of: unknown) => <Box sx={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', maxWidth: 260 }}>{valueText(of)}</Box>;
  return (
    <Dialog open onClose={onClose} maxWidth="md" aria-labelledby="conflict-title">
      <DialogTitle id="conflict-title">Somebody else changed it meanwhile</DialogTitle>
      <DialogContent>
        <Alert severity="info" sx={{ mb: 2 }}>
          <Author resource={resource} id={String(theirs['id'])} /> after you opened this form. Nothing of yours was saved, and nothing of it
          is lost.
        </Alert>
        <Box sx={{ overflowX: 'auto' }}>
          <Table size="small" aria-label="What each side changed">
            <TableHead>
              <TableRow>
                <TableCell>Field</TableCell>
                <TableCell>When you opened it</TableCell>
                <TableCell>Theirs</TableCell>
                <TableCell>Mine</TableCell>
                <TableCell>Go on with</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {fields.map((field) => (
                <TableRow key={field.field} sx={{ verticalAlign: 'top' }}>
                  <TableCell component="th" scope="row">
                    {labelOf(field.field)}
                  </TableCell>
                  <TableCell>{value(field.base)}</TableCell>
                  <TableCell>{value(field.theirs)}</TableCell>
                  <TableCell>{value(field.mine)}</TableCell>
                  <TableCell>
                    <Choice
                      field={field}
                      label={labelOf(field.field)}
                      value={choices[field.field] ?? 'mine'}
                      onChange={(choice) => setChoices({ ...choices, [field.field]: choice })}
                    />
                  </TableCell>
                </TableRow>
              ))}
              {!fields.length && (
                <TableRow>
                  <TableCell colSpan={5}>Only what cannot be edited here has changed.</TableCell>
                </TableRow>
              )}
            </TableBody>
          </Table>
        </Box>
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          Back to the form
        </Button>
        <Button variant="contained" onClick={() => onMerge(merged(fields, choices))}>
          Put into the form
        </Button>
      </DialogActions>
    </Dialog>
  );
}
