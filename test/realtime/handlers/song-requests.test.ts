import t from 'tap'
import { songRequestHandlers } from '../../../realtime/handlers/song-requests.ts'
import type { Command } from '../../../realtime/room/commands.ts'
import type { AmbientSocket } from '../../../realtime/sockets/socket-data.ts'
import { standIn } from '../live/stand-in.ts'

t.test('a song that is deleted while it is requested leaves the list', async t => {
  const commands: Command[] = []
  const room = {
    state: { room: { creatorId: 'creator' } },
    async command(_actor: unknown, command: Command) {
      commands.push(command)
    }
  }
  const socket = standIn<AmbientSocket>({ data: { membership: { room, actor: { kind: 'member', userId: 'ann' } } } })
  const song = { songId: 'song1', title: 'Late', artist: null, artworkUrl: null, durationMs: 1000 }
  const found = [song, undefined, song, song]
  const handlers = songRequestHandlers({ findRequestable: async () => found.shift() })
  await handlers['song:request'](socket, { songId: 'song1' }, () => {})
  t.same(commands.splice(0), [
    { type: 'song:request', song },
    { type: 'server:songRemoved', songId: 'song1' }
  ])
  await handlers['song:request'](socket, { songId: 'song1' }, () => {})
  t.same(commands, [{ type: 'song:request', song }], 'a song that is still there stays')
})
