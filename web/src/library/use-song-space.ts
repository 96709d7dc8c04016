import { useEffect, useState } from 'react'
import type { SongSpace } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { setUploadSpace } from './uploads.ts'

/** Returns the user's space for songs; null until it is known. It is loaded again whenever `trigger` changes. */
export function useSongSpace(trigger: unknown): SongSpace | null {
  const [space, setSpace] = useState<SongSpace | null>(null)
  useEffect(() => {
    let isCurrent = true
    ambient.songs.space().then(
      known => {
        if (!isCurrent) return
        setSpace(known)
        setUploadSpace({
          leftBytes: Math.max(0, known.limitBytes - known.usedBytes),
          maxFileBytes: known.largestUploadBytes
        })
      },
      () => {
        // Unknown space: only the server refuses files.
        if (isCurrent) setUploadSpace(null)
      }
    )
    return () => {
      isCurrent = false
    }
  }, [trigger])
  return space
}
