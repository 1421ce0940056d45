import EditIcon from '@mui/icons-material/TuneOutlined';
import { Box, FormControlLabel, IconButton, Popover, Switch, TextField, Typography } from '@mui/material';
import { useMemo, useState } from 'react';
import { Code } from '../kit/Code.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { CellEditor } from './CellEditor.tsx';
import { CellMark, markOf, markStyles } from './CellMark.tsx';
import { cellLabel, cellOf, cellWords, closure, type Cell } from './cells.ts';
import { matrixLines } from './rows.ts';
import type { PolicyRows } from './usePolicy.ts';

interface Props {
  role: string;
  data: PolicyRows;
  showOwn: boolean;
  /** Whether what is not granted is listed as well, to be granted. */
  all: boolean;
  text: string;
}

function Line({ cell, onOpen }: { cell: Cell; onOpen: (anchor: HTMLElement) => void }) {
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: '72px minmax(0, 1fr) 40px',
        alignItems: 'center',
        gap: 1,
        px: 2,
        py: 0.75,
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <Box sx={{ display: 'grid', justifyItems: 'start' }}>
        <CellMark {...markOf(cell)} />
      </Box>
      <Box sx={{ minWidth: 0 }}>
        <Code>{cell.permission}</Code>
        <Typography variant="body2" color="textSecondary">
          {cellWords(cell)}
        </Typography>
      </Box>
      <IconButton aria-label={cellLabel(cell)} aria-haspopup="dialog" onClick={(event) => onOpen(event.currentTarget)}>
        <EditIcon fontSize="small" />
      </IconButton>
    </Box>
  );
}

/** What one role may do, direct and inherited, as a list by resource type. */
export function RolePermissions({ role, data, showOwn, all, text }: Props) {
  const { policy, permissions, grants } = data;
  const [open, setOpen] = useState<{ permission: string; anchor: HTMLElement } | null>(null);
  const lines = useMemo(() => {
    const shown = showOwn ? permissions : permissions.filter(({ builtIn }) => !builtIn);
    const paths = closure(policy, role);
    const cells = matrixLines(shown, grants, text).map((line) =>
      line.kind === 'group' ? line : cellOf(policy, role, line.permission, paths),
    );
    const kept = cells.filter((line) => 'kind' in line || all || line.reaches.length > 0);
    return kept.filter((line, index) => !('kind' in line) || (kept[index + 1] !== undefined && !('kind' in (kept[index + 1] ?? {}))));
  }, [policy, permissions, grants, role, showOwn, all, text]);
  const cell = open && cellOf(policy, role, open.permission);
  if (!lines.length) {
    return (
      <EmptyState title={text ? 'Nothing matches' : 'This role grants nothing yet'}>
        {!text && 'Show what is not granted to grant it here, or use the permission matrix.'}
      </EmptyState>
    );
  }
  return (
    <>
      <Box component="ul" aria-label={`Permissions of ${role}`} sx={[{ listStyle: 'none', m: 0, p: 0 }, markStyles]}>
        {lines.map((line) =>
          'kind' in line ? (
            <Typography
              key={`# ${line.type}`}
              component="li"
              sx={{ px: 2, py: 1, fontSize: 13, fontWeight: 650, bgcolor: 'action.hover', borderBottom: 1, borderColor: 'divider' }}
            >
              {line.type === '*' ? 'All resource types' : line.type}
            </Typography>
          ) : (
            <Line key={line.permission} cell={line} onOpen={(anchor) => setOpen({ permission: line.permission, anchor })} />
          ),
        )}
      </Box>
      {open && cell && (
        <Popover
          open
          anchorEl={open.anchor}
          onClose={() => setOpen(null)}
          anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
          transformOrigin={{ vertical: 'top', horizontal: 'right' }}
          slotProps={{ paper: { role: 'dialog', 'aria-labelledby': 'cell-title' } }}
        >
          <CellEditor cell={cell} onDone={() => setOpen(null)} />
        </Popover>
      )}
    </>
  );
}

/** The filters that go with it. */
export function RolePermissionFilters({
  text,
  onText,
  all,
  onAll,
}: {
  text: string;
  onText: (text: string) => void;
  all: boolean;
  onAll: (all: boolean) => void;
}) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, alignItems: 'center', p: 1.5, borderBottom: 1, borderColor: 'divider' }}>
      <TextField
        label="Filter permissions"
        value={text}
        onChange={(event) => onText(event.target.value)}
        sx={{ flex: '1 1 200px', maxWidth: { sm: 320 } }}
      />
      <FormControlLabel
        control={<Switch size="small" checked={all} onChange={(_event, next) => onAll(next)} />}
        label="Show what is not granted"
        slotProps={{ typography: { sx: { fontSize: 14 } } }}
      />
    </Box>
  );
}
