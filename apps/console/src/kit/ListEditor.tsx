import AddIcon from '@mui/icons-material/AddOutlined';
import RemoveIcon from '@mui/icons-material/CloseOutlined';
import { Box, Button, FormHelperText, IconButton, Typography } from '@mui/material';
import type { ReactNode } from 'react';

interface Props<T> {
  label: string;
  items: readonly T[];
  blank: T;
  onChange: (items: T[]) => void;
  line: (item: T, change: (item: T) => void, index: number) => ReactNode;
  nameOf: (item: T) => string;
  noun: string;
  fault?: ReactNode;
  helper?: ReactNode;
  extra?: ReactNode;
}

/** Lines that can be added, edited and removed. */
export function ListEditor<T>({ label, items, blank, onChange, line, nameOf, noun, fault, helper, extra }: Props<T>) {
  return (
    <Box role="group" aria-label={label}>
      <Typography sx={{ fontWeight: 600, fontSize: 14, mb: 1 }}>{label}</Typography>
      <Box sx={{ display: 'grid', gap: 1 }}>
        {items.map((item, index) => (
          <Box key={index} sx={{ display: 'flex', gap: 1, alignItems: 'flex-start' }}>
            <Box sx={{ flex: 1, minWidth: 0 }}>{line(item, (next) => onChange(items.with(index, next)), index)}</Box>
            <IconButton
              aria-label={nameOf(item) ? `Remove ${nameOf(item)}` : `Remove this ${noun}`}
              onClick={() => onChange(items.toSpliced(index, 1))}
            >
              <RemoveIcon fontSize="small" />
            </IconButton>
          </Box>
        ))}
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.5, mt: items.length ? 1 : 0 }}>
        <Button size="small" startIcon={<AddIcon />} onClick={() => onChange([...items, blank])}>
          Add {/^[aeiou]/.test(noun) ? 'an' : 'a'} {noun}
        </Button>
        {extra}
      </Box>
      {(fault || helper) && (
        <FormHelperText error={Boolean(fault)} sx={{ ml: 0 }}>
          {fault || helper}
        </FormHelperText>
      )}
    </Box>
  );
}
