import NextIcon from '@mui/icons-material/ChevronRightOutlined';
import PreviousIcon from '@mui/icons-material/ChevronLeftOutlined';
import { Box, IconButton, MenuItem, Select, Typography } from '@mui/material';
import { useListContext } from 'react-admin';
import { NUMBER } from './number.ts';

const SIZES = [10, 25, 50, 100];

/** Where in the list one is. The page is part of the URL. */
export function Pager() {
  const { page, perPage, total = 0, setPage, setPerPage } = useListContext();
  const first = (page - 1) * perPage + 1;
  const last = Math.min(total, page * perPage);
  const sizes = SIZES.includes(perPage) ? SIZES : [...SIZES, perPage].sort((a, b) => a - b);
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', justifyContent: 'flex-end', gap: 1, px: 2, py: 1 }}>
      <Typography variant="body2" color="textSecondary" role="status" sx={{ mr: 'auto', fontVariantNumeric: 'tabular-nums' }}>
        {total ? `${NUMBER.format(first)}–${NUMBER.format(last)} of ${NUMBER.format(total)}` : 'Nothing'}
      </Typography>
      <Typography variant="body2" color="textSecondary" component="label" htmlFor="rows-per-page">
        Rows
      </Typography>
      <Select
        native={false}
        size="small"
        value={perPage}
        onChange={(event) => setPerPage(Number(event.target.value))}
        inputProps={{ id: 'rows-per-page' }}
        SelectDisplayProps={{ 'aria-label': `Rows a page: ${perPage}` }}
        sx={{ fontSize: 14, '& .MuiSelect-select': { py: 0.5 } }}
      >
        {sizes.map((size) => (
          <MenuItem key={size} value={size}>
            {size}
          </MenuItem>
        ))}
      </Select>
      <IconButton aria-label="Previous page" disabled={page <= 1} onClick={() => setPage(page - 1)}>
        <PreviousIcon />
      </IconButton>
      <IconButton aria-label="Next page" disabled={last >= total} onClick={() => setPage(page + 1)}>
        <NextIcon />
      </IconButton>
    </Box>
  );
}
