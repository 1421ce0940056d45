import type { ThemeOptions } from '@mui/material/styles';
import { MONO } from './fonts.ts';
import type { Ink } from './theme.ts';

type Parts = NonNullable<ThemeOptions['components']>;

const REDUCED_MOTION = {
  animationDuration: '0.01ms !important',
  transitionDuration: '0.01ms !important',
  scrollBehavior: 'auto !important',
};

/** The look of surfaces, text and tables. */
export function pageParts({ palette, isDark, line, focus }: Ink): Parts {
  return {
    MuiCssBaseline: {
      styleOverrides: {
        'html, body, #root': { minHeight: '100%' },
        ':focus-visible': { outline: `2px solid ${focus}`, outlineOffset: 2 },
        'main:focus-visible, h1:focus-visible': { outline: 'none' },
        'code, kbd, pre': { fontFamily: MONO, fontSize: '0.92em' },
        '@media (prefers-reduced-motion: reduce)': { '*, *::before, *::after': REDUCED_MOTION },
      },
    },
    MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' }, outlined: { borderColor: line } } },
    MuiCard: { defaultProps: { variant: 'outlined' } },
    MuiTableCell: {
      styleOverrides: {
        root: { borderBottomColor: line, padding: '10px 16px', fontSize: '0.875rem' },
        head: {
          color: palette.text?.secondary ?? '',
          fontWeight: 600,
          fontSize: '0.8125rem',
          backgroundColor: isDark ? '#1d222d' : '#fafbfc',
          whiteSpace: 'nowrap',
        },
      },
    },
    MuiTab: { styleOverrides: { root: { minHeight: 44, padding: '8px 4px', marginRight: 20, minWidth: 0 } } },
    MuiTabs: { styleOverrides: { root: { minHeight: 44 } } },
    MuiChip: { styleOverrides: { root: { borderRadius: 6, fontWeight: 500 }, sizeSmall: { height: 24 } } },
    MuiLink: { defaultProps: { underline: 'hover' } },
    MuiTooltip: { defaultProps: { enterDelay: 300 } },
    MuiPopover: { styleOverrides: { paper: { border: `1px solid ${line}` } } },
    MuiDialog: { defaultProps: { fullWidth: true, maxWidth: 'sm' } },
    MuiDialogTitle: { styleOverrides: { root: { fontSize: '1.125rem', fontWeight: 650, overflowWrap: 'anywhere' } } },
    MuiDialogContent: { styleOverrides: { root: { overflowWrap: 'break-word' } } },
    MuiAlert: {
      styleOverrides: {
        root: { alignItems: 'flex-start', color: palette.text?.primary ?? '' },
        message: { minWidth: 0, overflowWrap: 'anywhere' },
      },
    },
  };
}

/** The look of buttons and fields. */
export function inputParts({ palette, isDark, focus }: Ink): Parts {
  return {
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiButton: {
      defaultProps: { disableElevation: true },
      styleOverrides: { root: { minHeight: 36, whiteSpace: 'nowrap' }, sizeSmall: { minHeight: 30 } },
    },
    MuiToggleButton: { styleOverrides: { root: { textTransform: 'none', fontWeight: 600, minHeight: 34, padding: '4px 12px' } } },
    MuiTextField: { defaultProps: { size: 'small', variant: 'outlined', margin: 'none' } },
    MuiFormControl: { defaultProps: { size: 'small', variant: 'outlined', margin: 'none' } },
    MuiOutlinedInput: {
      styleOverrides: {
        root: { backgroundColor: palette.background?.paper ?? '' },
        notchedOutline: { borderColor: isDark ? '#7d879b' : '#868fa3' },
      },
    },
    MuiFormHelperText: { styleOverrides: { root: { marginLeft: 0 } } },
    MuiSwitch: {
      defaultProps: { size: 'small' },
      styleOverrides: {
        root: { width: 36, height: 20, padding: 0, margin: '4px 10px 4px 11px', overflow: 'visible' },
        switchBase: {
          padding: 2,
          color: '#ffffff',
          '&.Mui-checked': { transform: 'translateX(16px)', color: '#ffffff' },
          '&.Mui-checked + .MuiSwitch-track': { opacity: 1, backgroundColor: isDark ? '#5466d6' : '#3346b8' },
          '&.Mui-focusVisible + .MuiSwitch-track': { outline: `2px solid ${focus}`, outlineOffset: 2 },
        },
        thumb: { width: 16, height: 16, boxShadow: '0 1px 2px rgb(0 0 0 / 35%)' },
        track: { borderRadius: 10, opacity: 1, backgroundColor: isDark ? '#5c667b' : '#7c869a' },
      },
    },
  };
}
