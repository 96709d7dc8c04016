import { CodedError } from '../../contract/errors.ts'
import type { Command, HostCommand, MemberCommand, PlaybackCommand, SongSoundCommand } from '../room/commands.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import type { AmbientSocket, Membership } from './socket-data.ts'

/** The show this socket is in. Throws NOT_IN_SHOW. */
export function getMembership(socket: AmbientSocket): Membership {
  const { membership } = socket.data
  if (!membership) throw new CodedError('NOT_IN_SHOW', 'Join a show first.')
  return membership
}

/**
 * Carries out a command of this socket in its room. Resolves when it is stored, with the state right after it happened.
 * `onCommitted` runs at that moment, which may be long before it is stored.
 */
export async function runCommand(
  socket: AmbientSocket,
  command: MemberCommand | HostCommand | PlaybackCommand | SongSoundCommand,
  onCommitted: () => void = () => {}
): Promise<ServerRoomState> {
  const { room, actor } = getMembership(socket)
  let after = room.state
  await room.command(actor, command, state => {
    after = state
    onCommitted()
  })
  return after
}

/** Checks a command of this socket against the rules now. Throws the refusal. */
export function checkCommand(socket: AmbientSocket, command: Command): Membership {
  const membership = getMembership(socket)
  membership.room.check(membership.actor, command)
  return membership
}
