import { useEffect, useEffectEvent } from 'react'
import { isComposing } from './is-composing.ts'

/** Calls a function on Escape, wherever the focus is. A dialog or menu that is open takes the key for itself. */
export function useEscape(isActive: boolean, onEscape: () => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !isComposing(event)) onEscape()
  })
  useEffect(() => {
    if (!isActive) return
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [isActive])
}
