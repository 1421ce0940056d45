import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

const API = process.env.LICET_DEV_API ?? 'http://127.0.0.1:4000';

export default defineConfig({
  base: './',
  plugins: [react()],
  resolve: { conditions: ['@licet/source', ...defaultClientConditions] },
  server: { proxy: { '/api': API, '/access': API } },
  build: {
    target: 'es2023',
    // A data: URL would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
