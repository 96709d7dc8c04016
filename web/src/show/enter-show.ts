import { elementOutput, joinShow, type ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { readVoiceVolumes } from '../stored-voice-volumes.ts'
import { effectiveLevel, readVolumes } from '../stored-volumes.ts'
import { clearCurrentRoom, findCurrentRoom, isPageOpen, setCurrentRoom } from './current-show.ts'
import { joinSource } from './join-source.ts'
import { announceToTabs } from './other-tabs.ts'

/** Plays the sound of shows, at the volumes this person last chose. */
const sound = elementOutput({ voiceVolumes: readVoiceVolumes() })
const volumes = readVolumes()
for (const kind of ['song', 'voice'] as const) sound.setVolume(kind, effectiveLevel(volumes[kind]))

/** Returns the room of a show that this tab is in; null when it is not. */
export function findOpenRoom(showId: string): ShowRoom | null {
  const room = findCurrentRoom()
  return room?.showId === showId && !room.view.closed ? room : null
}

/**
 * Joins a show, or meets others backstage before it starts, and leaves the one before. Returns the open room when this
 * tab is in the show already.
 */
export function enterShow(showId: string, backstage = false): ShowRoom {
  const open = findOpenRoom(showId)
  if (open) return open
  findCurrentRoom()?.leave()
  const room = joinShow(ambient, showId, { sound, source: joinSource(), backstage })
  setCurrentRoom(room, () => enterShow(showId, backstage))
  announceToTabs(room)
  room.subscribe(() => {
    const { closed } = room.view
    // The page of the show says by itself why the show is closed. Elsewhere the mini-player does.
    if (!closed) return
    if (isPageOpen(showId) || closed.reason === 'left' || closed.reason === 'signedOut') clearCurrentRoom(room)
  })
  return room
}
