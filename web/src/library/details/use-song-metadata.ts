import { useCallback, useEffect, useRef, useState } from 'react'
import type { SongMetadata } from '../../../../client/index.ts'
import { ambient } from '../../ambient.ts'
import { errorMessage } from '../../errors.ts'
import { isExpired } from '../../metadata/expiry.ts'
import { useExpiry } from '../../metadata/use-expiry.ts'

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
      setMetadata(withoutExpired(loaded, Date.now()))
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

  useExpiry(metadata?.proposals ?? [], nowMs => {
    setMetadata(before => before && withoutExpired(before, nowMs))
    load()
  })

  return { metadata, error, load, update }
}

const withoutExpired = (metadata: SongMetadata, nowMs: number): SongMetadata => ({
  ...metadata,
  proposals: metadata.proposals.filter(proposal => !isExpired(proposal, nowMs))
})
