import { useEffect, useEffectEvent, type KeyboardEvent as ReactKeyboardEvent } from 'react'
import type { ReplayPlayer } from './replay-player.ts'

/** Jump of an arrow key. */
const arrowMs = 5000

/** Elements that use the keys themselves. */
const editable =
  'input, textarea, select, [role=slider], [role=tab], [role=menuitem], [role=dialog], [role=alertdialog]'
const pressable = 'button, a, summary, [role=button]'

/**
 * Plays a replay by the keyboard: space plays and pauses, arrows jump, and with the focus inside of the player, M mutes
 * and C shows captions. Letters work inside only, so that they never meet the commands of a screen reader or of voice
 * input (https://www.w3.org/TR/WCAG22/#character-key-shortcuts). Returns the listener of the player.
 */
export function useReplayKeys(player: ReplayPlayer, toggleCaptions: () => void): (event: ReactKeyboardEvent) => void {
  const onPageKey = useEffectEvent((event: KeyboardEvent) => {
    const { target, key } = event
    if (event.defaultPrevented || hasModifier(event) || !(target instanceof Element)) return
    if (target.closest(editable) || document.querySelector('[role=dialog], [role=alertdialog]')) return
    if (key === ' ' && !target.closest(pressable)) player.toggle()
    else if (key === 'ArrowLeft') player.skip(-arrowMs)
    else if (key === 'ArrowRight') player.skip(arrowMs)
    else return
    event.preventDefault()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onPageKey(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])

  return event => {
    if (hasModifier(event) || !(event.target instanceof Element) || event.target.closest('input, textarea')) return
    const key = event.key.toLowerCase()
    if (key === 'm') player.setMuted(!player.view.isMuted)
    else if (key === 'c') toggleCaptions()
  }
}

function hasModifier({ altKey, ctrlKey, metaKey }: KeyboardEvent | ReactKeyboardEvent): boolean {
  return altKey || ctrlKey || metaKey
}
