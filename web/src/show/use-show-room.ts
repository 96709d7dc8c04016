import { useEffect, useState, useSyncExternalStore } from 'react'
import { elementOutput, joinShow, type RoomView, type ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { joinSource } from './join-source.ts'
import { effectiveLevel, readVolumes } from '../stored-volumes.ts'
import { readVoiceVolumes } from '../stored-voice-volumes.ts'

/** Plays the sound of shows, at the volumes this person last chose. */
const sound = elementOutput({ voiceVolumes: readVoiceVolumes() })
const volumes = readVolumes()
for (const kind of ['song', 'voice'] as const) sound.setVolume(kind, effectiveLevel(volumes[kind]))

/** Joins a show, and leaves it when the component is removed. */
export function useShowRoom(showId: string): ShowRoom | null {
  const [room, setRoom] = useState<ShowRoom | null>(null)
  useEffect(() => {
    const joined = joinShow(ambient, showId, { sound, source: joinSource() })
    setRoom(joined)
    return () => {
      joined.leave()
    }
  }, [showId])
  return room
}

/** Returns the current view of a show, and renders again after each change. */
export function useRoomView(room: ShowRoom): RoomView {
  return useSyncExternalStore(room.subscribe, () => room.view)
}
