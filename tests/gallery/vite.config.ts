// The gallery's own server: the product's pages with a made-up main process behind them.
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: path.resolve(import.meta.dirname, '../../node_modules/.vite-gallery'),
  plugins: [react()],
  build: { target: 'chrome130', modulePreload: { polyfill: false } },
  preview: { host: '127.0.0.1', port: 0 },
  server: { host: '127.0.0.1', port: 0, fs: { allow: [path.resolve(import.meta.dirname, '../..')] } },
});
