import { Box, Button, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { alpha, type Theme } from '@mui/material/styles';
import { useState } from 'react';
import { diff, valueText, type DiffLine, type Row } from '../kit/diff.ts';
import { MONO } from '../root/fonts.ts';
import { memberWords, valueWords } from './words.ts';

const ground = (effect: 'error' | 'success') => (theme: Theme) => ({
  backgroundColor: alpha(theme.palette[effect].main, theme.palette.mode === 'dark' ? 0.15 : 0.08),
});

interface Shown {
  kind: string;
  /** As the API writes it, for whoever compares. */
  raw: boolean;
}

function Value({ value, sign, path, shown }: { value: unknown; sign?: '−' | '+'; path: string; shown: Shown }) {
  if (value === undefined) return null;
  const written = valueText(value);
  const text = shown.raw ? JSON.stringify(value) : valueWords(shown.kind, path, value);
  const code = text === written || shown.raw;
  return (
    <Box
      component="span"
      {...(code ? {} : { title: JSON.stringify(value) })}
      sx={{ ...(code ? { fontFamily: MONO } : {}), fontSize: 13, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
    >
      {sign && <span aria-hidden="true">{sign} </span>}
      {text}
    </Box>
  );
}

function Line({ line, both, shown }: { line: DiffLine; both: boolean; shown: Shown }) {
  const { path, kind, before, after } = line;
  const changed = kind !== 'same';
  return (
    <TableRow sx={{ verticalAlign: 'top' }}>
      <TableCell
        component="th"
        scope="row"
        {...(shown.raw ? {} : { title: path })}
        sx={{
          ...(shown.raw ? { fontFamily: MONO } : {}),
          fontSize: 13,
          fontWeight: changed ? 600 : 400,
          color: changed ? 'text.primary' : 'text.secondary',
          width: '1%',
          minWidth: 96,
          whiteSpace: { xs: 'normal', sm: 'nowrap' },
        }}
      >
        {shown.raw ? path : memberWords(shown.kind, path)}
      </TableCell>
      {(both || kind === 'removed') && (
        <TableCell sx={changed && before !== undefined ? ground('error') : {}}>
          <Value value={before} path={path} shown={shown} {...(changed ? { sign: '−' } : {})} />
        </TableCell>
      )}
      {(both || kind === 'added') && (
        <TableCell sx={changed && after !== undefined ? ground('success') : {}}>
          <Value value={after} path={path} shown={shown} {...(changed ? { sign: '+' } : {})} />
        </TableCell>
      )}
    </TableRow>
  );
}

const isEmpty = (value: unknown) => value === undefined || valueText(value).startsWith('(empty') || value === null;

// The tree of a condition follows from its expression, and is no easier to read.
const isTree = ({ path }: DiffLine) => path === 'tree' || path.startsWith('tree.');

interface Props {
  /** What the row is one of. */
  kind: string;
  before: Row | null;
  after: Row | null;
}

/**
 * Before and after, member by member, in the words of the console, or as the API has it. What stayed the same, and what was never filled in,
 * is folded away.
 */
export function DiffTable({ kind, before, after }: Props) {
  const [all, setAll] = useState(false);
  const [raw, setRaw] = useState(false);
  const every = diff(before, after);
  const rewritten = every.some((line) => line.path === 'expression' && line.kind !== 'same');
  const lines = raw || !rewritten ? every : every.filter((line) => !isTree(line));
  const both = Boolean(before && after);
  const telling = lines.filter((line) => line.kind !== 'same' && (both || !isEmpty(line.before ?? line.after)));
  const folded = lines.length - telling.length;
  const shown = all ? lines : telling;
  return (
    <Box sx={{ overflowX: 'auto' }}>
      {shown.length > 0 && (
        <Table size="small" aria-label="Before and after" sx={{ '& td, & th': { px: 1.25, py: 0.625 } }}>
          <TableHead>
            <TableRow>
              <TableCell>{raw ? 'Member' : 'Field'}</TableCell>
              {(both || before) && <TableCell>Before</TableCell>}
              {(both || after) && <TableCell>After</TableCell>}
            </TableRow>
          </TableHead>
          <TableBody>
            {shown.map((line) => (
              <Line key={line.path} line={line} both={both} shown={{ kind, raw }} />
            ))}
          </TableBody>
        </Table>
      )}
      {!shown.length && <Typography variant="body2">Nothing that is recorded has changed.</Typography>}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1, mt: 0.5 }}>
        {folded > 0 && (
          <Button size="small" color="inherit" onClick={() => setAll(!all)}>
            {all ? 'Show less' : `Show ${folded} ${both ? 'unchanged' : 'empty'}`}
          </Button>
        )}
        {shown.length > 0 && (
          <Button size="small" color="inherit" onClick={() => setRaw(!raw)}>
            {raw ? 'In words' : 'As in the API'}
          </Button>
        )}
      </Box>
    </Box>
  );
}
