import { CodedError } from '../../contract/errors.ts'
import type { Handlers } from '../sockets/gate.ts'
import { songInShow } from '../sockets/heard-song.ts'
import { createSocketTurns } from '../sockets/socket-turns.ts'

export interface PlayerHandlerParts {
  /** Throws NOT_FOUND when the person has no such song. */
  assertOwnsSong(userId: string, songId: string): Promise<void>
}

/** Handles songs that a person plays outside of shows. The person counts among the users of the song. */
export function playerHandlers({ assertOwnsSong }: PlayerHandlerParts): Pick<Handlers, 'player:state'> {
  const inTurn = createSocketTurns()

  return {
    'player:state': async (socket, { songId, state }) =>
      await inTurn(socket, async () => {
        const { data } = socket
        // A song that was deleted while it played can be paused all the same.
        const isOwnPause = state === 'paused' && data.playerSongId === songId
        if (!isOwnPause && songInShow(socket) !== songId) await assertOwnsSong(data.identity.userId, songId)
        if (!socket.connected) throw new CodedError('UNAVAILABLE', 'The connection was lost.')
        if (state === 'playing') data.playerSongId = songId
        // A player tells the pause of the song before after the start of the next one.
        else if (isOwnPause) data.playerSongId = null
        return {}
      })
  }
}
