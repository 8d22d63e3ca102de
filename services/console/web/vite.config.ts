import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the console's pages into `dist`, to be served under `/console/`. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The policy allows no inline script and needs none of these.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
