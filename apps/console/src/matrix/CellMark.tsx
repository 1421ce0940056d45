import { Box } from '@mui/material';
import { alpha, type Theme } from '@mui/material/styles';
import type { Cell } from './cells.ts';

interface Mark {
  verdict: Cell['verdict'];
  conditional: boolean;
  /** Whether the role itself says so; else it is inherited, or comes from a wildcard. */
  own: boolean;
  inherited: boolean;
  /** Whether a condition may deny what is allowed otherwise. */
  exception: boolean;
}

/** What a mark shows of a cell. */
export function markOf({ verdict, conditional, own, reaches }: Cell): Mark {
  const deciding = reaches.filter(({ grant }) => grant.effect === verdict);
  return {
    verdict,
    conditional,
    own: own.some(({ effect }) => effect === verdict),
    inherited: deciding.length > 0 && deciding.every(({ roles }) => roles.length > 1),
    exception: verdict === 'allow' && reaches.some(({ grant }) => grant.effect === 'deny'),
  };
}

/**
 * Styles of the marks, for a container around them: thousands of cells come and go while one scrolls, so that each is plain markup.
 */
export const markStyles = (theme: Theme) => {
  const { success, error } = theme.palette;
  const ground = theme.palette.mode === 'dark' ? 0.2 : 0.11;
  const filled = (main: string) => ({ backgroundColor: alpha(main, ground), borderColor: alpha(main, 0.55) });
  return {
    '& .mark': {
      display: 'inline-flex',
      alignItems: 'center',
      justifyContent: 'center',
      gap: '2px',
      height: 24,
      minWidth: 34,
      padding: '0 4px',
      boxSizing: 'border-box',
      borderRadius: '6px',
      border: '1px solid transparent',
      fontSize: 12,
      fontWeight: 650,
      lineHeight: 1,
    },
    '& .mark svg': { width: 17, height: 17, fill: 'currentColor' },
    '& .mark svg.small': { width: 14, height: 14, color: error.main },
    '& .mark.none': { color: theme.palette.text.disabled, fontSize: 18 },
    '& .mark.allow': { color: success.main },
    '& .mark.deny': { color: error.main },
    '& .mark.own svg': { stroke: 'currentColor', strokeWidth: 1 },
    '& .mark.allow.own': filled(success.main),
    '& .mark.deny.own': filled(error.main),
  };
};

const CHECK = 'M9 16.17 4.83 12l-1.42 1.41L9 19 21 7l-1.41-1.41z';
const BLOCK =
  'M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2M4 12c0-4.42 3.58-8 8-8 1.85 0 3.55.63 4.9 1.69L5.69 16.9C4.63 15.55 4 13.85 4 12m8 8c-1.85 0-3.55-.63-4.9-1.69L18.31 7.1C19.37 8.45 20 10.15 20 12c0 4.42-3.58 8-8 8';

/** A cell as a symbol: ✓ allow, ⊘ deny, · nothing; `if` a condition; ↑ inherited, ∗ by a wildcard. The role’s own grants are filled, others hollow. */
export function CellMark({ verdict, conditional, own, inherited, exception }: Mark) {
  if (verdict === 'none') {
    return (
      <span className="mark none" aria-hidden="true">
        ·
      </span>
    );
  }
  return (
    <span className={`mark ${verdict}${own ? ' own' : ''}`} aria-hidden="true">
      <svg viewBox="0 0 24 24">
        <path d={verdict === 'allow' ? CHECK : BLOCK} />
      </svg>
      {conditional && 'if'}
      {!own && (inherited ? '↑' : '∗')}
      {exception && (
        <svg viewBox="0 0 24 24" className="small">
          <path d={BLOCK} />
        </svg>
      )}
    </span>
  );
}

const ALLOW: Mark = { verdict: 'allow', conditional: false, own: true, inherited: false, exception: false };
const LEGEND: [Mark, string][] = [
  [ALLOW, 'Allow'],
  [{ ...ALLOW, verdict: 'deny' }, 'Deny'],
  [{ ...ALLOW, conditional: true }, 'With a condition'],
  [{ ...ALLOW, conditional: true, exception: true }, 'With an exception'],
  [{ ...ALLOW, own: false, inherited: true }, 'Inherited'],
  [{ ...ALLOW, own: false }, 'By a wildcard'],
  [{ ...ALLOW, verdict: 'none' }, 'Not granted'],
];

/** What the marks mean. */
export function Legend() {
  return (
    <Box
      component="ul"
      aria-label="Legend"
      sx={[
        {
          listStyle: 'none',
          m: 0,
          p: 0,
          display: 'flex',
          flexWrap: 'wrap',
          columnGap: 2,
          rowGap: 0.5,
          fontSize: 13,
          color: 'text.secondary',
        },
        markStyles,
      ]}
    >
      {LEGEND.map(([mark, words]) => (
        <Box component="li" key={words} sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5 }}>
          <CellMark {...mark} /> {words}
        </Box>
      ))}
    </Box>
  );
}
