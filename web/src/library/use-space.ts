import { useEffect, useState } from 'react'
import type { SongSpace } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { setRoom } from './uploads.ts'

/** How much room there is for songs; asked again whenever `changes` is another. Null until it is known. */
export function useSpace(changes: unknown): SongSpace | null {
  const [space, setSpace] = useState<SongSpace | null>(null)
  useEffect(() => {
    let wanted = true
    ambient.songs.space().then(
      known => {
        if (!wanted) return
        setSpace(known)
        setRoom({ leftBytes: Math.max(0, known.limitBytes - known.usedBytes), largestBytes: known.largestUploadBytes })
      },
      () => {
        // Without it nothing is refused before it is sent.
        if (wanted) setRoom(null)
      }
    )
    return () => {
      wanted = false
    }
  }, [changes])
  return space
}
