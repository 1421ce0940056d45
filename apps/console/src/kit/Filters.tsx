import ClearIcon from '@mui/icons-material/ClearOutlined';
import SearchIcon from '@mui/icons-material/SearchOutlined';
import TuneIcon from '@mui/icons-material/TuneOutlined';
import {
  Box,
  Button,
  FormControlLabel,
  IconButton,
  InputAdornment,
  MenuItem,
  Switch,
  TextField,
  useMediaQuery,
  type Theme,
} from '@mui/material';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useListContext } from 'react-admin';
import { ANY } from '../providers/query.ts';

const TYPING_MS = 300;

/** The filters of the list, which are in the URL. */
export function useFilters() {
  const context = useListContext();
  const values = context.filterValues as Record<string, unknown>;
  return { values, set: (next: Record<string, unknown>) => context.setFilters(next, undefined, false) };
}

/** One filter of the list; empty means not filtered. */
export function useFilter(key: string): [string, (value: string | null) => void] {
  const { values, set: setFilters } = useFilters();
  const value = values[key];
  const set = (next: string | null) => {
    const { [key]: _old, ...others } = values;
    setFilters(next === null || next === '' ? others : { ...others, [key]: next });
  };
  return [typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? String(value) : '', set];
}

/** Text that takes effect a moment after the last key. */
function useTyped(source: string) {
  const [value, set] = useFilter(source);
  const [text, setText] = useState(value);
  const latest = useRef(set);
  latest.current = set;
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return; // it comes from here; what is typed meanwhile stays
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = text;
      latest.current(text.trim() ? text : null);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return [text, setText] as const;
}

function clearing(text: string, label: string, clear: () => void) {
  if (!text) return undefined;
  return (
    <InputAdornment position="end">
      <IconButton size="small" edge="end" aria-label={`Clear ${label.toLowerCase()}`} onClick={clear}>
        <ClearIcon fontSize="small" />
      </IconButton>
    </InputAdornment>
  );
}

/** Search on the server, in all rows. */
export function SearchFilter({ label = 'Search' }: { label?: string }) {
  const [text, setText] = useTyped('q');
  const start = (
    <InputAdornment position="start">
      <SearchIcon fontSize="small" />
    </InputAdornment>
  );
  return (
    <TextField
      type="text"
      placeholder={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
      sx={{ flex: '1 1 220px', maxWidth: { sm: 360 } }}
      slotProps={{
        htmlInput: { 'aria-label': label, role: 'searchbox' },
        input: { startAdornment: start, endAdornment: clearing(text, label, () => setText('')) },
      }}
    />
  );
}

/** What a filter that finds no parts says while nothing is in it. */
export const WHOLE = 'the whole id';

/** A filter by an exact value that is typed or pasted. */
export function TextFilter({
  source,
  label,
  width = 170,
  whole = WHOLE,
}: {
  source: string;
  label: string;
  width?: number;
  whole?: string;
}) {
  const [text, setText] = useTyped(source);
  return (
    <TextField
      label={label}
      value={text}
      placeholder={whole}
      onChange={(event) => setText(event.target.value)}
      sx={{ flex: `1 1 ${width}px`, maxWidth: { sm: width + 60 } }}
      slotProps={{ input: { endAdornment: clearing(text, label, () => setText('')) } }}
    />
  );
}

interface SelectProps {
  source: string;
  label: string;
  choices: readonly { value: string; label: string }[];
  any?: string;
}

/** A filter by one of a few values. */
export function SelectFilter({ source, label, choices, any = 'Any' }: SelectProps) {
  const [value, set] = useFilter(source);
  return (
    <TextField
      select
      label={label}
      value={choices.some((choice) => choice.value === value) ? value : ''}
      onChange={(event) => set(event.target.value)}
      sx={{ minWidth: 136 }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{any}</MenuItem>
      {choices.map((choice) => (
        <MenuItem key={choice.value} value={choice.value}>
          {choice.label}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** Shows what belongs to Licet itself, which is hidden otherwise. */
export function OwnFilter() {
  const { values, set } = useFilters();
  const shown = values['builtIn'] !== false && values['builtIn'] !== 'false';
  return (
    <FormControlLabel
      control={<Switch size="small" checked={shown} onChange={() => set({ ...values, builtIn: shown ? false : ANY })} />}
      label="Show Licet’s own"
      sx={{ ml: 0.5 }}
      slotProps={{ typography: { sx: { fontSize: 14 } } }}
    />
  );
}

interface BarProps {
  search: ReactNode;
  children?: ReactNode;
  /** At the end of the bar, never folded away. */
  end?: ReactNode;
}

/** Search and filters of a list. On a telephone the filters are folded away behind a button that says how many are set. */
export function FilterBar({ search, children, end }: BarProps) {
  const narrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'), { noSsr: true });
  const [open, setOpen] = useState(false);
  const set = Object.keys(useFilters().values).filter((key) => key !== 'q' && key !== 'builtIn').length;
  const foldable = narrow && Boolean(children);
  return (
    <Box
      role="search"
      sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25, alignItems: 'center', p: 1.5, borderBottom: 1, borderColor: 'divider' }}
    >
      {search}
      {foldable && (
        <Button color="inherit" startIcon={<TuneIcon />} aria-expanded={open} onClick={() => setOpen(!open)}>
          Filters{set ? ` (${set})` : ''}
        </Button>
      )}
      {(!foldable || open) && children}
      {end}
    </Box>
  );
}
