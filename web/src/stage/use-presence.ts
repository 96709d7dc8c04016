import { useEffect } from 'react'
import type { RoomView } from '../../../client/index.ts'

/**
 * What the machine should know of a show: that the screen stays awake on stage, that leaving then is asked first, and that other
 * pages then open beside the show, which nobody means to leave by looking for a song.
 */
export function usePresence({ me }: RoomView): void {
  const onStage = me.speak === 'onStage'

  useEffect(() => {
    if (!onStage) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    const beside = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null
      if (
        !link ||
        link.target !== '' ||
        link.origin !== window.location.origin ||
        link.pathname === window.location.pathname
      ) {
        return
      }
      event.preventDefault()
      window.open(link.href, '_blank')
    }
    window.addEventListener('beforeunload', ask)
    // Before the page's own way of following links.
    window.addEventListener('click', beside, true)
    const lock = navigator.wakeLock?.request('screen').catch(() => null)
    return () => {
      window.removeEventListener('beforeunload', ask)
      window.removeEventListener('click', beside, true)
      lock?.then(held => held?.release())
    }
  }, [onStage])
}
