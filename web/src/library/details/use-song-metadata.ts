import { useCallback, useEffect, useRef, useState } from 'react'
import type { SongMetadata } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { errorMessage } from '../../errors.ts'

/** Loads a song with its proposals, and again when they change. */
export function useSongMetadata(songId: string) {
  const [metadata, setMetadata] = useState<SongMetadata | null>(null)
  const [error, setError] = useState<string | null>(null)
  /** Counts requests and changes made here: the answer to an older request is dropped. */
  const revision = useRef(0)

  const load = useCallback(async () => {
    const current = ++revision.current
    try {
      const loaded = await ambient.metadata.get(songId)
      if (current !== revision.current) return
      setMetadata(loaded)
      setError(null)
    } catch (error) {
      if (current === revision.current) setError(errorMessage(error))
    }
  }, [songId])

  useEffect(() => {
    load()
    const stop = ambient.metadata.onChange(update => {
      if (update.songId === songId) load()
    })
    return () => {
      revision.current++
      stop()
    }
  }, [songId, load])

  const update = useCallback((changed: SongMetadata) => {
    revision.current++
    setMetadata(changed)
    setError(null)
  }, [])

  return { metadata, error, load, update }
}
