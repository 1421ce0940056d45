import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

const API = process.env.LICET_DEV_API ?? 'http://127.0.0.1:4000';

export default defineConfig({
  base: './',
  // The api puts the nonce of each answer in its place.
  html: { cspNonce: 'LICET_CSP_NONCE' },
  plugins: [react()],
  resolve: { conditions: ['@licet/source', ...defaultClientConditions] },
  server: { proxy: { '/api': API, '/access': API } },
  build: {
    target: 'es2023',
    // A data: URL would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // One file for the start, one for what most screens share, and a small one for each screen: few requests, nothing twice.
        codeSplitting: {
          groups: [
            { name: 'start', tags: ['$initial'], priority: 2 },
            { name: 'kit', minShareCount: 4, priority: 1 },
          ],
        },
      },
    },
  },
});
