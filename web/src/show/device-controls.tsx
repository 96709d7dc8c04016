import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { useMediaSession } from '../playlist/use-media-session.ts'
import { isOnAir } from './current-show.ts'
import { useWakeLock } from './use-wake-lock.ts'

/** Connects a live show to the device: its media controls, and its screen, which stays on for people on stage. */
export function DeviceControls({ view, room }: { view: RoomView; room: ShowRoom }) {
  useWakeLock(isOnAir(view))
  useMediaSession(view, room)
  return null
}
