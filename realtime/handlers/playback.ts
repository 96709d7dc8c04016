import type { Playback } from '../../contract/playback.ts'
import type { PlaybackCommand } from '../room/commands.ts'
import type { EditingHosts } from '../delivery/editing-hosts.ts'
import type { Handlers } from '../sockets/gate.ts'
import { checkCommand, runCommand } from '../sockets/membership.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'

export interface PlaybackHandlerParts {
  editingHosts: Pick<EditingHosts, 'signed'>
}

/** Actions of hosts on the player, and their signs while they edit its playlist. */
export function playbackHandlers({
  editingHosts
}: PlaybackHandlerParts): Pick<
  Handlers,
  | 'playback:play'
  | 'playback:next'
  | 'playback:pause'
  | 'playback:stop'
  | 'playback:level'
  | 'jingle:play'
  | 'playlist:editing'
> {
  async function run(socket: AmbientSocket, command: PlaybackCommand): Promise<{ playback: Playback }> {
    const { room } = await runCommand(socket, command)
    return { playback: room.playback }
  }

  return {
    'playback:play': async (socket, payload) => await run(socket, { type: 'playback:play', ...payload }),
    'playback:next': async (socket, payload) => await run(socket, { type: 'playback:next', ...payload }),
    'playback:pause': async (socket, payload) => await run(socket, { type: 'playback:pause', ...payload }),
    'playback:stop': async (socket, payload) => await run(socket, { type: 'playback:stop', ...payload }),
    async 'playback:level'(socket, payload) {
      await runCommand(socket, { type: 'playback:level', ...payload })
      return {}
    },
    async 'jingle:play'(socket, payload) {
      await runCommand(socket, { type: 'jingle:play', ...payload })
      return {}
    },
    async 'playlist:editing'(socket, sign) {
      editingHosts.signed(checkCommand(socket, { type: 'playlist:editing' }), sign)
      return {}
    }
  }
}
