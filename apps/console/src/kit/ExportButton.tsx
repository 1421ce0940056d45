import DownloadIcon from '@mui/icons-material/FileDownloadOutlined';
import type { CollectionName, ExportQuery } from '@licet/contract';
import { Button, ListItemText, Menu, MenuItem, Typography } from '@mui/material';
import { useState } from 'react';
import { useListContext } from 'react-admin';
import { exportQuery } from '../providers/query.ts';
import { NUMBER } from './number.ts';

const FORMATS: { format: ExportQuery['format']; name: string; use: string }[] = [
  { format: 'csv', name: 'CSV', use: 'for a spreadsheet' },
  { format: 'jsonl', name: 'JSON Lines', use: 'for a program, to the letter' },
];

/** All that the list finds, as a file: the browser takes it from the server, so that its size does not matter here. */
export function ExportButton({ resource }: { resource: CollectionName }) {
  const { filterValues, total = 0 } = useListContext();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  return (
    <>
      <Button
        color="inherit"
        startIcon={<DownloadIcon />}
        aria-haspopup="menu"
        aria-expanded={Boolean(anchor)}
        disabled={total === 0}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        Export
      </Button>
      <Menu
        anchorEl={anchor}
        open={Boolean(anchor)}
        onClose={close}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
      >
        <Typography component="li" role="none" variant="body2" color="textSecondary" sx={{ px: 2, pb: 1 }}>
          All {NUMBER.format(total)} that are found, the oldest first
        </Typography>
        {FORMATS.map(({ format, name, use }) => (
          <MenuItem
            key={format}
            component="a"
            href={`api/v1/${resource}/export?${exportQuery(resource, filterValues as Record<string, unknown>, format)}`}
            download
            onClick={close}
          >
            <ListItemText primary={name} secondary={use} />
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
