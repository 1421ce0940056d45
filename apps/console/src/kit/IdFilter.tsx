import type { CollectionName, ReservedPermission } from '@licet/contract';
import { Autocomplete, TextField } from '@mui/material';
import { useEffect, useState } from 'react';
import { COLLECTIONS } from '../providers/collections.ts';
import { useCan } from './access.tsx';
import { TextFilter, useFilter, WHOLE } from './Filters.tsx';
import { OptionLine, useOptions, type Option } from './Picker.tsx';

interface Props {
  source: string;
  label: string;
  /** Whose ids are offered. */
  resource: CollectionName;
  width?: number;
}

/** A filter by a whole id, of which a part is enough to find it: the server offers the rows that match. */
export function IdFilter(props: Props) {
  const readable = useCan()(`${COLLECTIONS[props.resource].permission}:read` as ReservedPermission);
  return readable ? <Offering {...props} /> : <TextFilter {...props} />;
}

function Offering({ source, label, resource, width = 170 }: Props) {
  const [value, set] = useFilter(source);
  const [text, setText] = useState(value);
  const [open, setOpen] = useState(false);
  const { options, more, loading } = useOptions(resource, open && text !== value ? text : '', undefined, open);
  useEffect(() => setText(value), [value]);
  const take = (next: string) => {
    setText(next);
    if (next.trim() !== value) set(next.trim() || null);
  };
  return (
    <Autocomplete<Option, false, false, true>
      freeSolo
      size="small"
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
      options={options}
      filterOptions={(all) => all}
      value={value}
      inputValue={text}
      onInputChange={(_event, next, reason) => {
        if (reason === 'input') setText(next);
        if (reason === 'clear') take('');
      }}
      onChange={(_event, option) => take(typeof option === 'string' ? option : (option?.id ?? ''))}
      onBlur={() => take(text)}
      getOptionLabel={(option) => (typeof option === 'string' ? option : option.id)}
      getOptionKey={(option) => (typeof option === 'string' ? option : option.id)}
      loading={loading}
      sx={{ flex: `1 1 ${width}px`, maxWidth: { sm: width + 60 } }}
      slotProps={{ popper: { style: { minWidth: 260, width: 'auto', maxWidth: '90vw' }, placement: 'bottom-start' } }}
      renderOption={({ key, ...rest }, option) => (
        <li key={key} {...rest}>
          <OptionLine {...option} />
        </li>
      )}
      renderInput={(params) => (
        <TextField {...params} label={label} placeholder={WHOLE} helperText={open && more ? `${more} more match` : undefined} />
      )}
    />
  );
}
