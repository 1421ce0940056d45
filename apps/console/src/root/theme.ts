import type { PaletteOptions, ThemeOptions } from '@mui/material/styles';
import type { RaThemeOptions } from 'react-admin';
import { FONT } from './fonts.ts';
import { inputParts, pageParts } from './themeParts.ts';

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

/** What the components' overrides draw with. */
export interface Ink {
  palette: PaletteOptions;
  isDark: boolean;
  line: string;
  focus: string;
}

function theme(palette: PaletteOptions): RaThemeOptions {
  const isDark = palette.mode === 'dark';
  const ink: Ink = { palette, isDark, line: palette.divider ?? '', focus: isDark ? '#a9b6ff' : '#3346b8' };
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
    components: { ...pageParts(ink), ...inputParts(ink) },
  };
  return options as RaThemeOptions;
}

export const lightTheme = theme(light);
export const darkTheme = theme(dark);
