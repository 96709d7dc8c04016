import type { RequestableSong } from '../../contract/song-requests.ts'
import type { Handlers } from '../sockets/gate.ts'
import { getMembership, runCommand } from '../sockets/membership.ts'

export interface SongRequestHandlerParts {
  /** Returns a song of this owner that is ready, as listeners see it; undefined when there is none. */
  findRequestable(ownerId: string, songId: string): Promise<RequestableSong | undefined>
}

/** Songs that listeners request, and the votes for them. */
export function songRequestHandlers({
  findRequestable
}: SongRequestHandlerParts): Pick<Handlers, 'song:request' | 'song:vote' | 'song:dismiss'> {
  return {
    async 'song:request'(socket, { songId }) {
      const { room } = getMembership(socket)
      const { creatorId } = room.state.room
      const song = (await findRequestable(creatorId, songId)) ?? null
      await runCommand(socket, { type: 'song:request', song })
      // A song that was deleted between the two is not requested, whatever the order in which the room learns of it.
      if (song && !(await findRequestable(creatorId, songId))) {
        await room.command({ kind: 'system' }, { type: 'server:songRemoved', songId })
      }
      return {}
    },
    async 'song:vote'(socket, payload) {
      await runCommand(socket, { type: 'song:vote', ...payload })
      return {}
    },
    async 'song:dismiss'(socket, payload) {
      await runCommand(socket, { type: 'song:dismiss', ...payload })
      return {}
    }
  }
}
