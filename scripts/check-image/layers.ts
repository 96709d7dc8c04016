import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

/** A folder of files that lies over others; what made it is its key. */
export interface Layer {
  readonly key: string
  readonly files: string
  /** The instruction that made it. */
  readonly title: string
  readonly cached: boolean
}

const unusedForMs = 2 * 24 * 3_600_000

export type Layers = ReturnType<typeof createLayers>

/** Layers in a cache folder, each made once for a key, as a container engine keeps them. */
export function createLayers(home: string) {
  return {
    /** An empty folder on the layers' file system, removed after `use`. */
    async withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
      const folder = join(home, `new-${randomUUID().slice(0, 8)}`)
      await mkdir(folder, { recursive: true })
      try {
        return await use(folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },

    /** The layer of a key, made by `make` in an empty folder where there is none yet. A half-made one is never found. */
    async get(key: string, title: string, make: (files: string, folder: string) => Promise<void>): Promise<Layer> {
      const place = join(home, key)
      const files = join(place, 'files')
      const cached = existsSync(files)
      if (!cached) {
        await this.withFolder(async folder => {
          const arriving = join(folder, 'layer')
          await mkdir(join(arriving, 'files'), { recursive: true })
          await make(join(arriving, 'files'), folder)
          // Another check may have been faster.
          await rename(arriving, place).catch((error: unknown) => {
            if (!existsSync(files)) throw error
          })
        })
      }
      await utimes(place, new Date(), new Date())
      return { key, files, title, cached }
    },

    /** Removes the layers that were not used for two days, and what killed checks left. */
    async tidy(): Promise<void> {
      for (const name of await readdir(home)) {
        const place = join(home, name)
        if (Date.now() - (await stat(place)).mtimeMs > unusedForMs) await rm(place, { recursive: true, force: true })
      }
    }
  }
}

/** A key over everything that decides what a layer holds. Short, since all folders of an image have to fit into one page for mount. */
export function layerKey(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20)
}
