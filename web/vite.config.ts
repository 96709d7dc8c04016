import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { leaveOut } from './leave-out.ts'
import { pagePreloads } from './page-preloads.ts'
import { precompress } from './precompress.ts'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), leaveOut(), pagePreloads(), precompress()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    rolldownOptions: { input: ['index.html', 'embed.html'].map(page => join(import.meta.dirname, page)) },
    sourcemap: false,
    // Each browser that reads es2023 preloads modules by itself.
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 700
  },
  logLevel: 'warn'
})
