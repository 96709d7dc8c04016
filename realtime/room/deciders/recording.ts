import { findStageMember } from '../../../contract/room.ts'
import { actorId } from '../commands.ts'
import { onAir, type Deciders } from './decider.ts'

/** Starting and stopping the recording, and the voices that it misses. */
export const recordingDeciders: Deciders<'recording:set' | 'server:recordingFailed' | 'server:voiceRecorded'> = {
  'recording:set'({ room }, { on }, actor) {
    if (on === (room.recording !== undefined)) return []
    const by = actorId(actor)
    return [on ? { type: 'recording:started', by } : { type: 'recording:stopped', by, reason: 'host' }]
  },
  'server:recordingFailed': onAir(({ room }, { startedAt, reason }) =>
    room.recording?.startedAt === startedAt ? [{ type: 'recording:stopped', by: null, reason }] : []
  ),
  'server:voiceRecorded': onAir(({ room }, { startedAt, userId, producerId, recorded }) => {
    const isCurrent =
      room.recording?.startedAt === startedAt && findStageMember(room, userId)?.producerId === producerId
    const isKnown = recorded !== (room.unrecordedIds ?? []).includes(userId)
    return isCurrent && !isKnown ? [{ type: 'voice:recorded', userId, recorded }] : []
  })
}
