import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

/** A folder of files over lower layers. */
export interface Layer {
  readonly key: string
  readonly files: string
  /** The instruction that created the layer. */
  readonly title: string
  readonly cached: boolean
}

const maxUnusedMs = 2 * 24 * 3_600_000

export type Layers = ReturnType<typeof createLayers>

/** Layers in a cache folder. Each key has one layer, as in a container engine. */
export function createLayers(home: string) {
  return {
    /** Calls `use` with an empty folder on the file system of the layers, and removes the folder afterwards. */
    async withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
      const folder = join(home, `new-${randomUUID().slice(0, 8)}`)
      await mkdir(folder, { recursive: true })
      try {
        return await use(folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },

    /** Returns the layer of a key. Creates it with `make` in an empty folder when it is missing, atomically. */
    async get(key: string, title: string, make: (files: string, folder: string) => Promise<void>): Promise<Layer> {
      const place = join(home, key)
      const files = join(place, 'files')
      const cached = existsSync(files)
      if (!cached) {
        await this.withFolder(async folder => {
          const arriving = join(folder, 'layer')
          await mkdir(join(arriving, 'files'), { recursive: true })
          await make(join(arriving, 'files'), folder)
          // Another check may have created the layer meanwhile.
          await rename(arriving, place).catch((error: unknown) => {
            if (!existsSync(files)) throw error
          })
        })
      }
      await utimes(place, new Date(), new Date())
      return { key, files, title, cached }
    },

    /** Removes layers that were not used for two days, and folders that killed checks left. */
    async tidy(): Promise<void> {
      for (const name of await readdir(home)) {
        const place = join(home, name)
        if (Date.now() - (await stat(place)).mtimeMs > maxUnusedMs) await rm(place, { recursive: true, force: true })
      }
    }
  }
}

/**
 * Returns a key for everything that determines the contents of a layer. It is short, because the folders of all layers
 * must fit into one memory page for mount.
 */
export function layerKey(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20)
}
