import { useEffect, useState } from 'react'
import { findSpeakingObstacle, watchMicrophones, type SpeakingObstacle } from '../../../client/index.ts'

/**
 * Returns why this page cannot send the user's voice. Undefined when it can, null until that is known. Follows what is
 * plugged in, and what the user allows.
 */
export function useSpeakingObstacle(): SpeakingObstacle | undefined | null {
  const [obstacle, setObstacle] = useState<SpeakingObstacle | undefined | null>(null)
  useEffect(() => {
    let isCurrent = true
    const find = async () => {
      const found = await findSpeakingObstacle()
      if (isCurrent) setObstacle(found)
    }
    find()
    const stopWatching = watchMicrophones(find)
    return () => {
      isCurrent = false
      stopWatching()
    }
  }, [])
  return obstacle
}
