import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { leaveOut } from './leave-out.ts'
import { pagePreloads } from './page-preloads.ts'
import { precompress } from './precompress.ts'
import { serviceWorker, workerEntry } from './service-worker.ts'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), leaveOut(), pagePreloads(), serviceWorker(), precompress()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    rolldownOptions: {
      input: {
        index: join(import.meta.dirname, 'index.html'),
        embed: join(import.meta.dirname, 'embed.html'),
        [workerEntry]: join(import.meta.dirname, 'src', 'service-worker', 'main.ts')
      },
      output: {
        entryFileNames: ({ name }) => (name === workerEntry ? '[name].js' : 'assets/[name]-[hash].js')
      }
    },
    sourcemap: false,
    // Each browser that reads es2023 preloads modules by itself.
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    chunkSizeWarningLimit: 700
  },
  logLevel: 'warn'
})
