import type { Handlers } from '../sockets/gate.ts'
import { command } from '../sockets/membership.ts'

/** What hosts do with the playlist. */
export function playbackHandlers(): Pick<
  Handlers,
  'playback:play' | 'playback:next' | 'playback:pause' | 'playback:stop'
> {
  return {
    async 'playback:play'(socket, what) {
      const {
        room: { playback }
      } = await command(socket, { type: 'playback:play', ...what })
      return { playback }
    },
    async 'playback:next'(socket, since) {
      const {
        room: { playback }
      } = await command(socket, { type: 'playback:next', ...since })
      return { playback }
    },
    async 'playback:pause'(socket) {
      const {
        room: { playback }
      } = await command(socket, { type: 'playback:pause' })
      return { playback }
    },
    async 'playback:stop'(socket) {
      const {
        room: { playback }
      } = await command(socket, { type: 'playback:stop' })
      return { playback }
    }
  }
}
