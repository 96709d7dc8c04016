import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { leaveOut } from './leave-out.ts'
import { pagePreloads } from './page-preloads.ts'
import { precompress } from './precompress.ts'
import { serviceWorker, workerEntry } from './service-worker.ts'

/** Parts of the start page that other pages use too, but the page of a show does not. */
const startPageParts = new RegExp(
  [
    '/src/discover/(account-reminders|own-upcoming-shows|reminder-controls|reminders|calendar-file|show-card)\\b',
    '/src/(discover/tags-in-use|format/date-time|notifications/push-offer\\.|stored-list)',
    '/src/ui/(paged-list|search-field|section|skeleton|use-paged-list|use-repeated)\\b',
    '/lucide-react/dist/esm/icons/(bell|bell-ring|calendar-plus|link-2|lock|play|search)\\.'
  ].join('|')
)

/** Small parts that both the start page and the page of a show use. */
const sharedParts = new RegExp(
  [
    '/node_modules/(react|react-dom|regexparam|scheduler|use-sync-external-store|wouter)/',
    '/lucide-react/dist/esm/(context|createLucideIcon|Icon|icons/headphones|shared/.*)\\.',
    '/client/(account|announcements|api|backoff|listeners|personal-feed|request|rest|storage-lock|timeout)\\b',
    '/contract/errors\\.',
    '/src/(ambient|errors|discover/tag-links|format/count|live/use-live-update|show/(current-show|join-source))\\b',
    '/src/ui/(async-button|avatar|button|lazy-boundary|load-failure|show-picture)\\b',
    'preload-helper'
  ].join('|')
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
        // A group takes also what its modules import, unless a group with a higher priority has it.
        codeSplitting: {
          groups: [
            { name: 'shared', test: sharedParts, priority: 2 },
            { name: 'lists', test: startPageParts, priority: 1 }
          ]
        }
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
