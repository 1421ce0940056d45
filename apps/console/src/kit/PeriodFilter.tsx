import ScheduleIcon from '@mui/icons-material/ScheduleOutlined';
import { Box, Button, Popover, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { useFilters } from './Filters.tsx';
import { fromLocalInput, toLocalInput } from './instants.ts';

const HOUR = 3_600_000;
const PRESETS = [
  { label: 'Last hour', ms: HOUR },
  { label: 'Last 24 hours', ms: 24 * HOUR },
  { label: 'Last 7 days', ms: 7 * 24 * HOUR },
  { label: 'Last 30 days', ms: 30 * 24 * HOUR },
];
const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const written = (instant: string | undefined) => (instant ? SHORT.format(new Date(instant)) : '');

/** From when until when. A period is kept as instants, so that a link shows the same rows to everybody. */
export function PeriodFilter() {
  const { values: all, set: setFilters } = useFilters();
  const values = all as { since?: string; until?: string };
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const set = (since: string | null, until: string | null) => {
    const { since: _since, until: _until, ...others } = values;
    setFilters({ ...others, ...(since ? { since } : {}), ...(until ? { until } : {}) });
  };
  const { since, until } = values;
  const label = !since && !until ? 'Any time' : until ? `${written(since) || 'Beginning'} – ${written(until)}` : `Since ${written(since)}`;
  return (
    <>
      <Button
        variant="outlined"
        color="inherit"
        startIcon={<ScheduleIcon />}
        onClick={(event) => setAnchor(event.currentTarget)}
        aria-haspopup="dialog"
        sx={{ height: 40 }}
      >
        {label}
      </Button>
      <Popover
        open={Boolean(anchor)}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }}
        slotProps={{ paper: { role: 'dialog', 'aria-label': 'Period' } }}
      >
        <Box sx={{ p: 2, display: 'grid', gap: 1.5, width: 280 }}>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.5 }}>
            {PRESETS.map((preset) => (
              <Button
                key={preset.label}
                size="small"
                variant="outlined"
                onClick={() => set(new Date(Date.now() - preset.ms).toISOString(), null)}
              >
                {preset.label}
              </Button>
            ))}
          </Box>
          <TextField
            label="From"
            type="datetime-local"
            value={toLocalInput(since)}
            onChange={(event) => set(fromLocalInput(event.target.value), until ?? null)}
            slotProps={{ inputLabel: { shrink: true } }}
          />
          <TextField
            label="Until"
            type="datetime-local"
            value={toLocalInput(until)}
            onChange={(event) => set(since ?? null, fromLocalInput(event.target.value))}
            slotProps={{ inputLabel: { shrink: true } }}
          />
          <Typography variant="body2" color="textSecondary">
            In your time zone: {Intl.DateTimeFormat().resolvedOptions().timeZone}
          </Typography>
          <Button size="small" color="inherit" onClick={() => set(null, null)}>
            Any time
          </Button>
        </Box>
      </Popover>
    </>
  );
}
