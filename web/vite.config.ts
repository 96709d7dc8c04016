import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { leaveOut } from './leave-out.ts'
import { pagePreloads } from './page-preloads.ts'
import { precompress } from './precompress.ts'
import { serviceWorker, workerEntry } from './service-worker.ts'

/** Parts of the start page that other pages use too, but the page of a show does not. */
const startPageParts = new RegExp(
  `/src/(${[
    'discover/(account-reminders|own-upcoming-shows|reminder-controls|reminders|calendar-file|show-card|tags-in-use)',
    'format/date-time',
    'ui/(paged-list|search-field|section|skeleton|use-paged-list|use-repeated)'
  ].join('|')})\\b`
)

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
        entryFileNames: ({ name }) => (name === workerEntry ? '[name].js' : 'assets/[name]-[hash].js'),
        // The start page comes in few files: a slow phone loads six at a time.
        codeSplitting: { groups: [{ name: 'lists', test: startPageParts }] }
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
