import type { RoomAudio } from '../audio/room-audio.ts'
import type { LiveRooms } from '../rooms/live-rooms.ts'
import type { Peers } from './peers.ts'
import { memberQuestions } from './room-calls.ts'
import type { PresentMember } from '../room/commands.ts'

export interface MemberAnswersParts {
  peers: Pick<Peers, 'answer'>
  rooms: Pick<LiveRooms, 'forgetPerson'>
  presentHere(showId: string): PresentMember[]
  /** The audio of a show with members here. */
  findAudio(showId: string): RoomAudio | undefined
  /** A new home with this token calls: follow it. */
  onRollCall(showId: string, token: number): void
  /** Takes over a show that its home hands over. */
  take(showId: string): Promise<void>
}

/** Answers what the homes of shows ask this node about the members who are connected to it. */
export function answerAsMember(parts: MemberAnswersParts): void {
  const { peers, findAudio } = parts

  peers.answer('room:rollCall', memberQuestions['room:rollCall'], async ({ showId, token }) => {
    parts.onRollCall(showId, token)
    return parts.presentHere(showId)
  })
  peers.answer('rooms:forget', memberQuestions['rooms:forget'], async ({ userId }) => {
    await parts.rooms.forgetPerson(userId)
    return null
  })
  peers.answer('rooms:take', memberQuestions['rooms:take'], async ({ showId }) => {
    await parts.take(showId)
    return null
  })
  peers.answer(
    'audio:admit',
    memberQuestions['audio:admit'],
    async ({ showId, presenceId, producerId, muted }) =>
      await findAudio(showId)?.admitProducer(presenceId, producerId, muted)
  )
  peers.answer(
    'audio:close',
    memberQuestions['audio:close'],
    async ({ showId, presenceId }) => await findAudio(showId)?.closeProducer(presenceId)
  )
  peers.answer(
    'audio:mute',
    memberQuestions['audio:mute'],
    async ({ showId, presenceId, muted }) => await findAudio(showId)?.setMuted(presenceId, muted)
  )
}
