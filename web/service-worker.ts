import { createHash } from 'node:crypto'
import type { OutputBundle } from 'rolldown'
import type { Plugin } from 'vite'

/** The name of the entry, and of its file: a browser looks for a new worker at the same address. */
export const workerEntry = 'sw'

/** Writes the names of all files of the build before the script of the service worker, so that it can keep them. */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle[`${workerEntry}.js`]
        if (worker?.type !== 'chunk') return this.error('the build has no service worker')
        if (worker.imports.length > 0) return this.error('the service worker shares code with a page')
        worker.code = `self.build=${JSON.stringify(buildOf(bundle))};${worker.code}`
      }
    }
  }
}

function buildOf(bundle: OutputBundle): { name: string; files: string[] } {
  const files = Object.keys(bundle)
    .filter(file => file.startsWith('assets/'))
    .map(file => `/${file}`)
    .sort()
  return { name: createHash('sha256').update(files.join()).digest('hex').slice(0, 12), files }
}
