import { Box, Button, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { alpha, type Theme } from '@mui/material/styles';
import { useState } from 'react';
import { MONO } from '../root/fonts.ts';
import { diff, valueText, type DiffLine, type Row } from './diff.ts';

const ground = (effect: 'error' | 'success') => (theme: Theme) => ({
  backgroundColor: alpha(theme.palette[effect].main, theme.palette.mode === 'dark' ? 0.15 : 0.08),
});

function Value({ value, sign }: { value: unknown; sign: '−' | '+' }) {
  if (value === undefined) return null;
  return (
    <Box component="span" sx={{ fontFamily: MONO, fontSize: 13, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      <span aria-hidden="true">{sign} </span>
      {valueText(value)}
    </Box>
  );
}

function Line({ line, both }: { line: DiffLine; both: boolean }) {
  const changed = line.kind !== 'same';
  return (
    <TableRow sx={{ verticalAlign: 'top' }}>
      <TableCell
        component="th"
        scope="row"
        sx={{
          fontFamily: MONO,
          fontSize: 13,
          fontWeight: changed ? 600 : 400,
          color: changed ? 'text.primary' : 'text.secondary',
          width: '1%',
          whiteSpace: 'nowrap',
        }}
      >
        {line.path}
      </TableCell>
      {(both || line.kind === 'removed') && (
        <TableCell sx={changed && line.before !== undefined ? ground('error') : {}}>
          {changed ? <Value value={line.before} sign="−" /> : valueText(line.before)}
        </TableCell>
      )}
      {(both || line.kind === 'added') && (
        <TableCell sx={changed && line.after !== undefined ? ground('success') : {}}>
          {changed ? <Value value={line.after} sign="+" /> : valueText(line.after)}
        </TableCell>
      )}
    </TableRow>
  );
}

const isEmpty = (value: unknown) => value === undefined || valueText(value).startsWith('(empty') || value === null;

/** Before and after, member by member; what stayed the same, and what was never filled in, is folded away. */
export function DiffTable({ before, after }: { before: Row | null; after: Row | null }) {
  const [all, setAll] = useState(false);
  const lines = diff(before, after);
  const both = Boolean(before && after);
  const telling = lines.filter(({ kind, before: old, after: now }) => kind !== 'same' && (both || !isEmpty(old ?? now)));
  const folded = lines.length - telling.length;
  const shown = all ? lines : telling;
  return (
    <Box sx={{ overflowX: 'auto' }}>
      {shown.length > 0 && (
        <Table size="small" aria-label="Before and after" sx={{ '& td, & th': { px: 1.25, py: 0.625 } }}>
          <TableHead>
            <TableRow>
              <TableCell>Member</TableCell>
              {(both || before) && <TableCell>Before</TableCell>}
              {(both || after) && <TableCell>After</TableCell>}
            </TableRow>
          </TableHead>
          <TableBody>
            {shown.map((line) => (
              <Line key={line.path} line={line} both={both} />
            ))}
          </TableBody>
        </Table>
      )}
      {!shown.length && <Typography variant="body2">Nothing that is recorded has changed.</Typography>}
      {folded > 0 && (
        <Button size="small" color="inherit" onClick={() => setAll(!all)} sx={{ mt: 0.5 }}>
          {all ? 'Show less' : `Show ${folded} ${both ? 'unchanged' : 'empty'}`}
        </Button>
      )}
    </Box>
  );
}
