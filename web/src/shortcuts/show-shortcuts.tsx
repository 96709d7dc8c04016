import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { isOwnVoiceMuted } from '../controls/mute-toggle.tsx'
import { isOnAir } from '../show/current-show.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { errorMessage } from '../errors.ts'
import { shortcutOf, type ShortcutKey } from './shortcut-list.ts'
import { ShortcutTable } from './shortcut-table.tsx'
import { areShortcutsOn } from './stored-shortcuts.ts'

export interface ShowShortcutsProps {
  view: RoomView
  room: ShowRoom
  /** Opens a tray of the control bar, or closes it. */
  toggleTray: (tray: 'reactions' | 'volumes') => void
  openComments: () => void
}

/**
 * Runs the shortcuts of a live show, and opens the list of them.
 * @param firstPress the key press for which this was loaded
 */
export function ShowShortcuts({
  view,
  room,
  toggleTray,
  openComments,
  firstPress
}: ShowShortcutsProps & { firstPress: KeyboardEvent }) {
  const [isListOpen, setIsListOpen] = useState(false)
  const [status, setStatus] = useState('')

  const actions: Readonly<Record<ShortcutKey, () => Promise<void> | void>> = {
    m: async () => setStatus(await toggleSound(view, room)),
    c: openComments,
    r: () => toggleTray('reactions'),
    v: () => toggleTray('volumes'),
    s: focusSpeaking,
    '?': () => setIsListOpen(true)
  }

  const onPress = useEffectEvent((event: KeyboardEvent) => {
    const key = areShortcutsOn() ? shortcutOf(event) : null
    if (!key) return
    // Otherwise the letter would be typed into the field that gets the focus.
    event.preventDefault()
    Promise.resolve(actions[key]()).catch((error: unknown) => setStatus(errorMessage(error)))
  })
  const handledFirst = useRef(false)
  useEffect(() => {
    if (!handledFirst.current) onPress(firstPress)
    handledFirst.current = true
    const listener = (event: KeyboardEvent) => onPress(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [firstPress])

  const close = () => setIsListOpen(false)
  return (
    <>
      <p role='status' className='visually-hidden'>
        {status}
      </p>
      <Dialog title='Keyboard shortcuts' isOpen={isListOpen} onClose={close}>
        <ShortcutTable />
        <DialogButtons>
          <AsyncButton onPress={close}>Close</AsyncButton>
        </DialogButtons>
      </Dialog>
    </>
  )
}

/** Mutes or unmutes a person on stage; pauses or resumes the sound of a listener. Returns what has happened. */
async function toggleSound(view: RoomView, room: ShowRoom): Promise<string> {
  if (isOnAir(view)) {
    const isMuted = isOwnVoiceMuted(view)
    await room.mute(view.me.userId, !isMuted)
    return isMuted ? 'Your microphone is on.' : 'You’re muted.'
  }
  if (view.isSoundLocked || view.isSoundPaused) {
    await room.unlockSound()
    return 'Sound on.'
  }
  room.pauseSound()
  return 'Sound paused.'
}

/** Focuses the first button for speaking: nobody asks for the stage by a slip of the finger. */
function focusSpeaking(): void {
  document.querySelector<HTMLElement>('#speaking button:enabled')?.focus()
}
