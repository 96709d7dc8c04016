import { useEffect, useRef, useState } from 'react'
import { findStageMember } from '../../../contract/room.ts'
import { ownerOf } from '../../../contract/stage.ts'
import type { RoomView } from '../../../client/index.ts'

/**
 * A live region that announces changes on stage to screen readers: requests, invitations, mutes, the recording, and
 * people who join and leave.
 */
export function StageAnnouncer({ view }: { view: RoomView }) {
  const previous = useRef<RoomView>(view)
  const [message, setMessage] = useState('')
  useEffect(() => {
    const changes = describeChanges(previous.current, view)
    previous.current = view
    if (changes.length > 0) setMessage(changes.join('. '))
  }, [view])
  return (
    <p className='visually-hidden' role='status'>
      {message}
    </p>
  )
}

const ownStateMessages = {
  requested: 'Your request to speak was sent',
  invited: 'You’re invited to speak',
  granted: 'You can speak now. Turn on your microphone',
  onStage: 'You’re on stage, and everyone can hear you',
  suspended: 'Your microphone is reconnecting',
  off: 'You’re listening'
} as const

function ownStateMessage({ me: { speak }, room }: RoomView): string {
  if (speak === 'onStage' && room?.status === 'scheduled') return 'You’re on stage, and only people backstage hear you'
  return ownStateMessages[speak]
}

function describeChanges(previous: RoomView, current: RoomView): string[] {
  if (!previous.room || !current.room || previous.room === current.room) return []
  const changes: string[] = []
  // A notice tells the decisions of hosts.
  const isDecided = previous.decision !== current.decision
  if (previous.me.speak !== current.me.speak && !isDecided) changes.push(ownStateMessage(current))
  if (previous.room.status === 'scheduled' && current.room.status === 'live') changes.push('The show is live')
  const isRecorded = current.room.recording !== undefined
  const isInvited = current.me.speak === 'invited' && previous.me.speak !== 'invited'
  if (isRecorded !== (previous.room.recording !== undefined) || (isRecorded && isInvited)) {
    changes.push(isRecorded ? 'This show is being recorded' : 'The recording has stopped')
  }
  const earlierStage = new Map(previous.room.stage.map(member => [member.userId, member]))
  for (const { userId, displayName, muted } of current.room.stage) {
    const earlier = earlierStage.get(userId)
    const subject = userId === current.me.userId ? 'You’re' : `${displayName} is`
    if (!earlier && userId !== current.me.userId) changes.push(`${displayName} joined the stage`)
    const isTold = isDecided && userId === current.me.userId
    if (earlier && earlier.muted !== muted && !isTold) {
      changes.push(`${subject} ${muted ? 'muted' : 'no longer muted'}`)
    }
    earlierStage.delete(userId)
  }
  for (const { userId, displayName } of earlierStage.values()) {
    if (userId !== current.me.userId) changes.push(`${displayName} left the stage`)
  }
  const ownerId = ownerOf(current.room)
  if (ownerOf(previous.room) !== ownerId) {
    const name = findStageMember(current.room, ownerId)?.displayName
    changes.push(ownerId === current.me.userId ? 'You run the show now' : `${name} runs the show now`)
  }
  if (current.me.isHost && current.room.queueLength > previous.room.queueLength) {
    changes.push(`${current.room.queue.at(-1)?.displayName ?? 'Someone'} requested to speak`)
  }
  return changes
}
