import { type PaletteOptions, type ThemeOptions } from '@mui/material/styles';
import type { RaThemeOptions } from 'react-admin';

const FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';
export const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace';

// Every pair of text and ground here has at least 4.5:1 (WCAG 2.2, 1.4.3).
const light: PaletteOptions = {
  mode: 'light',
  primary: { main: '#3346b8', dark: '#27368f', light: '#5a6bd0', contrastText: '#ffffff' },
  secondary: { main: '#47526b', contrastText: '#ffffff' },
  success: { main: '#17703f', contrastText: '#ffffff' },
  error: { main: '#b3261e', contrastText: '#ffffff' },
  warning: { main: '#855300', contrastText: '#ffffff' },
  info: { main: '#175c8f', contrastText: '#ffffff' },
  text: { primary: '#182033', secondary: '#525c70', disabled: '#6a7386' },
  background: { default: '#f5f6f9', paper: '#ffffff' },
  divider: '#dfe3ea',
};

const dark: PaletteOptions = {
  mode: 'dark',
  primary: { main: '#a9b6ff', dark: '#8799ff', light: '#c6cfff', contrastText: '#10162e' },
  secondary: { main: '#b4bdd0', contrastText: '#10162e' },
  success: { main: '#6bd6a0', contrastText: '#06210f' },
  error: { main: '#ffa29a', contrastText: '#2d0805' },
  warning: { main: '#f3c46b', contrastText: '#2a1a00' },
  info: { main: '#8cc8f5', contrastText: '#04192a' },
  text: { primary: '#e7eaf2', secondary: '#a9b1c2', disabled: '#8f98aa' },
  background: { default: '#10131a', paper: '#181c25' },
  divider: '#2c3240',
};

function theme(palette: PaletteOptions): RaThemeOptions {
  const isDark = palette.mode === 'dark';
  const line = palette.divider ?? '';
  const focus = isDark ? '#a9b6ff' : '#3346b8';
  const options: ThemeOptions = {
    palette,
    shape: { borderRadius: 8 },
    typography: {
      fontFamily: FONT,
      fontSize: 14,
      h1: { fontSize: '1.5rem', fontWeight: 650, letterSpacing: '-0.012em', lineHeight: 1.25 },
      h2: { fontSize: '1.0625rem', fontWeight: 650, lineHeight: 1.35 },
      h3: { fontSize: '0.9375rem', fontWeight: 650, lineHeight: 1.4 },
      button: { textTransform: 'none', fontWeight: 600 },
    },
    components: {
      MuiCssBaseline: {
        styleOverrides: {
          'html, body, #root': { minHeight: '100%' },
          ':focus-visible': { outline: `2px solid ${focus}`, outlineOffset: 2 },
          'main:focus-visible, h1:focus-visible': { outline: 'none' },
          'code, kbd, pre': { fontFamily: MONO, fontSize: '0.92em' },
          '@media (prefers-reduced-motion: reduce)': {
            '*, *::before, *::after': { animationDuration: '0.01ms !important', transitionDuration: '0.01ms !important', scrollBehavior: 'auto !important' },
          },
        },
      },
      MuiButton: {
        defaultProps: { disableElevation: true },
        styleOverrides: { root: { minHeight: 36, whiteSpace: 'nowrap' }, sizeSmall: { minHeight: 30 } },
      },
      MuiButtonBase: { defaultProps: { disableRipple: true } },
      MuiPaper: { styleOverrides: { root: { backgroundImage: 'none' }, outlined: { borderColor: line } } },
      MuiCard: { defaultProps: { variant: 'outlined' } },
      MuiTextField: { defaultProps: { size: 'small', variant: 'outlined', margin: 'none' } },
      MuiFormControl: { defaultProps: { size: 'small', variant: 'outlined', margin: 'none' } },
      MuiOutlinedInput: {
        styleOverrides: {
          root: { backgroundColor: palette.background?.paper ?? '' },
          notchedOutline: { borderColor: isDark ? '#7d879b' : '#868fa3' },
        },
      },
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
      MuiTab: { styleOverrides: { root: { minHeight: 44, padding: '8px 4px', marginRight: 20, minWidth: 0 } } },
      MuiTabs: { styleOverrides: { root: { minHeight: 44 } } },
      MuiChip: { styleOverrides: { root: { borderRadius: 6, fontWeight: 500 }, sizeSmall: { height: 24 } } },
      MuiLink: { defaultProps: { underline: 'hover' } },
      MuiTooltip: { defaultProps: { enterDelay: 300 } },
      MuiPopover: { styleOverrides: { paper: { border: `1px solid ${line}` } } },
      MuiDialog: { defaultProps: { fullWidth: true, maxWidth: 'sm' } },
      MuiDialogTitle: { styleOverrides: { root: { fontSize: '1.125rem', fontWeight: 650 } } },
      MuiFormHelperText: { styleOverrides: { root: { marginLeft: 0 } } },
      MuiAlert: {
        styleOverrides: {
          root: { alignItems: 'flex-start', color: palette.text?.primary ?? '' },
        },
      },
      MuiToggleButton: { styleOverrides: { root: { textTransform: 'none', fontWeight: 600, minHeight: 34, padding: '4px 12px' } } },
    },
  };
  return options as RaThemeOptions;
}

export const lightTheme = theme(light);
export const darkTheme = theme(dark);
