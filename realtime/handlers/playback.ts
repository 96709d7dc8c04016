import type { Playback } from '../../contract/playback.ts'
import type { PlaybackCommand } from '../room/commands.ts'
import type { Handlers } from '../sockets/gate.ts'
import { runCommand } from '../sockets/membership.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'

/** Actions of hosts on the player. */
export function playbackHandlers(): Pick<
  Handlers,
  'playback:play' | 'playback:next' | 'playback:pause' | 'playback:stop'
> {
  async function run(socket: AmbientSocket, command: PlaybackCommand): Promise<{ playback: Playback }> {
    const { room } = await runCommand(socket, command)
    return { playback: room.playback }
  }

  return {
    'playback:play': async (socket, payload) => await run(socket, { type: 'playback:play', ...payload }),
    'playback:next': async (socket, payload) => await run(socket, { type: 'playback:next', ...payload }),
    'playback:pause': async socket => await run(socket, { type: 'playback:pause' }),
    'playback:stop': async socket => await run(socket, { type: 'playback:stop' })
  }
}
