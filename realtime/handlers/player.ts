import { CodedError } from '../../contract/errors.ts'
import type { Handlers } from '../sockets/gate.ts'
import { songInShow } from '../sockets/heard-song.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'

export interface PlayerHandlerParts {
  /** Throws NOT_FOUND when the person has no such song. */
  assertOwnsSong(userId: string, songId: string): Promise<void>
}

/** What a person plays outside of shows. It counts among the users of the song, and changes nothing else. */
export function playerHandlers({ assertOwnsSong }: PlayerHandlerParts): Pick<Handlers, 'player:state'> {
  /** Number of the newest state that took effect, by socket: checks of an older one may end later. */
  const applied = new WeakMap<AmbientSocket, number>()
  let count = 0

  return {
    async 'player:state'(socket, { songId, state }) {
      const number = ++count
      const { data } = socket
      // A song that was deleted while it played can be paused all the same.
      const isOwnPause = state === 'paused' && data.playerSongId === songId
      if (!isOwnPause && songInShow(socket) !== songId) await assertOwnsSong(data.identity.userId, songId)
      if (!socket.connected) throw new CodedError('UNAVAILABLE', 'The connection was lost.')
      if ((applied.get(socket) ?? 0) > number) return {}
      applied.set(socket, number)
      data.playerSongId = state === 'playing' ? songId : null
      return {}
    }
  }
}
