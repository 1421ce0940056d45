import type { Theme } from '@mui/material/styles';
import { MONO } from '../root/fonts.ts';

export const FIRST_COLUMN = 250;
export const HEAD = 44;

/** The grid's look, on its container: its cells are plain markup, for they come and go by the hundred while one scrolls. */
export const gridStyles = (theme: Theme) => {
  const { background, divider, action, text, primary } = theme.palette;
  const line = `1px solid ${divider}`;
  const pinned = {
    position: 'sticky',
    left: 0,
    zIndex: 1,
    width: FIRST_COLUMN,
    height: '100%',
    boxSizing: 'border-box',
    display: 'flex',
    alignItems: 'center',
  };
  return {
    overflow: 'auto',
    maxHeight: 'max(320px, calc(100vh - 290px))',
    position: 'relative',
    fontSize: 13,
    '& .sheet': { position: 'relative' },
    '& [role=row]': {
      position: 'absolute',
      left: 0,
      right: 0,
      boxSizing: 'border-box',
      borderBottom: line,
      backgroundColor: background.paper,
    },
    '& [role=row].head': { position: 'sticky', top: 0, zIndex: 3, height: HEAD },
    '& [role=row].line:hover': { backgroundImage: `linear-gradient(${action.hover}, ${action.hover})` },
    '& [role=row].group': { backgroundImage: `linear-gradient(${action.hover}, ${action.hover})` },
    '& [role=rowheader], & .corner': { ...pinned, backgroundColor: background.paper, borderRight: line },
    '& .corner': { padding: '0 16px', fontWeight: 650, color: text.secondary },
    '& .line [role=rowheader]': { padding: '0 8px 0 20px', fontFamily: MONO },
    '& .line [role=rowheader] span': { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
    '& .line .wildcard': { fontStyle: 'italic' },
    '& .group [role=rowheader]': { padding: '0 16px', fontWeight: 650, borderRight: 0, backgroundColor: 'transparent' },
    '& [role=columnheader]:not(.corner)': {
      position: 'absolute',
      top: 0,
      height: HEAD,
      boxSizing: 'border-box',
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'center',
      padding: '0 6px',
    },
    '& a': { color: text.primary, textDecoration: 'none', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
    '& .head a': { fontFamily: MONO, fontWeight: 600 },
    '& a:hover': { textDecoration: 'underline' },
    '& [role=gridcell]': { position: 'absolute', top: 0, height: '100%', display: 'grid', placeItems: 'center', cursor: 'pointer' },
    '& [role=gridcell]:hover': { backgroundColor: action.hover },
    '& [role=gridcell]:focus-visible': { outline: `2px solid ${primary.main}`, outlineOffset: -3 },
  };
};
