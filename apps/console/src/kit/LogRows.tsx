import ClosedIcon from '@mui/icons-material/ChevronRightOutlined';
import OpenIcon from '@mui/icons-material/ExpandMoreOutlined';
import { Box, ButtonBase, Collapse } from '@mui/material';
import { useId, useState, type ReactNode } from 'react';

export interface LogRow {
  id: string;
  /** The line: what happened, readable as a sentence. */
  line: ReactNode;
  /** Above the line on a telephone, before it otherwise. */
  time: ReactNode;
  detail: () => ReactNode;
}

/** What stands less loudly at the end of a line, and is not broken in two. */
export function Aside({ children }: { children: ReactNode }) {
  return (
    <>
      {' '}
      <Box component="span" sx={{ color: 'text.secondary', display: 'inline-block' }}>
        · {children}
      </Box>
    </>
  );
}

// Ids of two hundred characters would make a page of few entries; opened, a line is whole.
const FOLDED = { display: '-webkit-box', WebkitBoxOrient: 'vertical', WebkitLineClamp: { xs: '5', md: '3' }, overflow: 'hidden' };

function Item({ row }: { row: LogRow }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const Icon = open ? OpenIcon : ClosedIcon;
  return (
    <Box component="li" sx={{ borderBottom: 1, borderColor: 'divider' }}>
      <ButtonBase
        onClick={() => setOpen(!open)}
        aria-expanded={open}
        aria-controls={id}
        sx={{
          width: '100%',
          display: 'grid',
          gridTemplateColumns: { xs: '28px minmax(0, 1fr)', md: '28px 192px minmax(0, 1fr)' },
          alignItems: 'center',
          textAlign: 'left',
          columnGap: 1,
          rowGap: 0.25,
          px: 1.5,
          py: 1.25,
          minHeight: 48,
          fontSize: 14,
          lineHeight: 1.5,
          '&:hover': { bgcolor: 'action.hover' },
          '&:focus-visible': { outlineOffset: -3 },
        }}
      >
        <Icon fontSize="small" sx={{ gridRow: { xs: '1 / 3', md: 1 }, color: 'text.secondary' }} />
        <Box component="span" sx={{ color: 'text.secondary', fontSize: 13 }}>
          {row.time}
        </Box>
        <Box component="span" sx={{ minWidth: 0, overflowWrap: 'anywhere', ...(open ? {} : FOLDED) }}>
          {row.line}
        </Box>
      </ButtonBase>
      <Collapse in={open} mountOnEnter unmountOnExit>
        <Box id={id} sx={{ pl: { xs: 2, md: 6 }, pr: 2, pb: 2.5, pt: 0.5 }}>
          {row.detail()}
        </Box>
      </Collapse>
    </Box>
  );
}

/** Entries of a log, newest first; each opens to all that is recorded about it. */
export function LogRows({ label, rows, busy = false }: { label: string; rows: readonly LogRow[]; busy?: boolean }) {
  return (
    <Box component="ul" aria-label={label} aria-busy={busy} sx={{ listStyle: 'none', m: 0, p: 0, opacity: busy ? 0.6 : 1 }}>
      {rows.map((row) => (
        <Item key={row.id} row={row} />
      ))}
    </Box>
  );
}
