import { useEffect, useState } from 'react'
import { listMicrophones, watchMicrophones, type Microphone } from '../../../client/index.ts'

/**
 * Returns the microphones of this device, and follows what is plugged in and out.
 * @param openTrack a track that was opened: browsers tell the names from then on
 */
export function useMicrophones(openTrack: MediaStreamTrack | null): Microphone[] {
  const [microphones, setMicrophones] = useState<Microphone[]>([])
  useEffect(() => {
    let isCurrent = true
    const list = () => {
      listMicrophones().then(
        found => {
          if (isCurrent) setMicrophones(found)
        },
        () => {}
      )
    }
    list()
    const stopWatching = watchMicrophones(list)
    return () => {
      isCurrent = false
      stopWatching()
    }
  }, [openTrack])
  return microphones
}
