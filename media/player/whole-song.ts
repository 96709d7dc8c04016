import type { SongSource } from './song-source.ts'

/**
 * Returns a source that reads a short song at once, with its first bytes, and keeps it. Such a song is heard to its end
 * although it is deleted meanwhile, and opening it is one request to the storage.
 */
export function wholeSong(source: SongSource): SongSource {
  let whole: Promise<Uint8Array> | undefined

  async function readWhole(): Promise<Uint8Array> {
    try {
      return await source.read(0, source.sizeBytes)
    } catch (error) {
      // The next read tries again.
      whole = undefined
      throw error
    }
  }

  return {
    ...source,
    async read(start, end) {
      whole ??= readWhole()
      return (await whole).subarray(start, end)
    }
  }
}
