import { CodedError } from '../../contract/errors.ts'
import type { House } from '../room/server-room-state.ts'
import type { Command, HostCommand, MemberCommand } from '../room/commands.ts'
import type { PlaybackCommand } from '../room/playback.ts'
import type { AmbientSocket, Membership } from './socket-data.ts'

/** The show this socket is in. Throws NOT_IN_SHOW. */
export function membershipOf(socket: AmbientSocket): Membership {
  const { membership } = socket.data
  if (!membership) throw new CodedError('NOT_IN_SHOW', 'Join a show first.')
  return membership
}

/**
 * Has the room carry out what this socket asks; resolves with the state right after it happened.
 * `onCommitted` runs at that moment, which may be long before it is stored.
 */
export async function command(
  socket: AmbientSocket,
  asked: MemberCommand | HostCommand | PlaybackCommand,
  onCommitted: () => void = () => {}
): Promise<House> {
  const { room, actor } = membershipOf(socket)
  let after = room.house
  await room.command(actor, asked, house => {
    after = house
    onCommitted()
  })
  return after
}

/** Throws what the room would refuse this with now. */
export function check(socket: AmbientSocket, asked: Command): Membership {
  const membership = membershipOf(socket)
  membership.room.check(membership.actor, asked)
  return membership
}
