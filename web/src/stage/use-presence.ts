import { useEffect } from 'react'
import type { RoomView } from '../../../client/index.ts'

/** What the machine should know of a show: that the screen stays awake on stage, that leaving then is asked first. */
export function usePresence ({ me }: RoomView): void {
  const onStage = me.speak === 'onStage'

  useEffect(() => {
    if (!onStage) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    const lock = navigator.wakeLock?.request('screen').catch(() => null)
    return () => {
      window.removeEventListener('beforeunload', ask)
      lock?.then(held => held?.release())
    }
  }, [onStage])
}
