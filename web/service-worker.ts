import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutputBundle, OutputChunk } from 'rolldown'
import type { Plugin } from 'vite'
import { filesOf, findChunk, pages } from './page-preloads.ts'

/** The name of the entry, and of its file: a browser looks for a new worker at the same address. */
export const workerEntry = 'sw'

/**
 * The folder of what a listener opens during a show. It is small, and a show may be open while a release replaces it on
 * the server.
 */
const listenerParts = /\/src\/controls\//

/** Writes the names of the build's files before the script of the service worker, so that it can keep them. */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const worker = bundle[`${workerEntry}.js`]
        if (worker?.type !== 'chunk') return this.error('the build has no service worker')
        if (worker.imports.length > 0) return this.error('the service worker shares code with a page')
        const build = { name: buildName(Object.keys(bundle), await readOfflineFiles()), files: firstFiles(bundle) }
        worker.code = `self.build=${JSON.stringify(build)};${worker.code}`
      }
    }
  }
}

/** Reads the page that is shown without a connection, and its script. */
async function readOfflineFiles(): Promise<string> {
  const read = async (file: string) => await readFile(join(import.meta.dirname, 'public', file), 'utf8')
  return (await read('offline.html')) + (await read('offline.js'))
}

/**
 * Returns a name that changes with each file of a build: the names of assets have hashes, and those of the page without
 * a connection have none.
 */
export function buildName(files: readonly string[], offlineFiles: string): string {
  const assets = files.filter(file => file.startsWith('assets/')).sort()
  return createHash('sha256').update(assets.join()).update(offlineFiles).digest('hex').slice(0, 12)
}

/** Returns the addresses of the scripts and styles of the first pages, and of what a listener opens there. */
function firstFiles(bundle: OutputBundle): string[] {
  const entry = Object.values(bundle).find(
    output => output.type === 'chunk' && output.isEntry && output.name === 'index'
  )
  const first = Object.values(pages).map(module => findChunk(bundle, module))
  const chunks = [entry, ...first].filter(chunk => chunk?.type === 'chunk')
  const parts = chunks.flatMap(chunk => filesOf(bundle, chunk)).flatMap(file => partsOf(bundle, file))
  const files = [...chunks, ...parts].flatMap(chunk => filesOf(bundle, chunk))
  return [...new Set(files)].map(file => `/${file}`).sort()
}

/** Returns what a script loads on demand for listeners. */
function partsOf(bundle: OutputBundle, file: string): OutputChunk[] {
  const chunk = bundle[file]
  if (chunk?.type !== 'chunk') return []
  return chunk.dynamicImports
    .map(name => bundle[name])
    .filter(part => part?.type === 'chunk')
    .filter(({ facadeModuleId }) => listenerParts.test(facadeModuleId ?? ''))
}
