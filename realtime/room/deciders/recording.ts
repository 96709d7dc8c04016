import { actorId } from '../commands.ts'
import { onAir, type Deciders } from './decider.ts'

/** Starting and stopping the recording. */
export const recordingDeciders: Deciders<'recording:set' | 'server:recordingFailed'> = {
  'recording:set'({ room }, { on }, actor) {
    if (on === (room.recording !== undefined)) return []
    const by = actorId(actor)
    return [on ? { type: 'recording:started', by } : { type: 'recording:stopped', by, reason: 'host' }]
  },
  'server:recordingFailed': onAir(({ room }, { startedAt, reason }) =>
    room.recording?.startedAt === startedAt ? [{ type: 'recording:stopped', by: null, reason }] : []
  )
}
