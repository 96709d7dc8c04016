import { pino } from 'pino'
import t from 'tap'
import type { Playback } from '../../contract/playback.ts'
import { createLiveRoom } from '../../realtime/rooms/live-room.ts'
import { createRoomWrites } from '../../realtime/rooms/room-writes.ts'
import type { Actor } from '../../realtime/room/commands.ts'
import { createServerRoomState } from '../../realtime/room/server-room-state.ts'
import { openingState } from '../../realtime/room/opening-state.ts'
import { creator, limits, pieces, profile, settingsWith, showWith } from './room/people.ts'

t.test('while Spotify plays, the stage is silent on the server where the creator wants that', async t => {
  const show = {
    ...showWith(3),
    settings: settingsWith({ quietForSpotify: true }),
    playlist: { version: 1, items: [...pieces] }
  }
  const silent = new Map<string, boolean>()
  const told: Playback[] = []
  const logger = pino({ level: 'silent' })
  const room = createLiveRoom({
    state: createServerRoomState(openingState(show, 0), limits, show.playlist.items),
    seq: 0,
    audio: {
      admitProducer: async (presenceId, _producerId, muted) => {
        silent.set(presenceId!, muted)
      },
      closeProducer: async () => {},
      setMuted: async (presenceId, muted) => {
        silent.set(presenceId!, muted)
      },
      open: async () => null,
      fits: () => true,
      play: async () => null,
      discard() {},
      prepare() {},
      leave() {},
      listen() {},
      close: async () => {}
    },
    delivery: {
      toShow(_showId, event, payload) {
        if (event !== 'room:event' || !('event' in payload) || payload.event.type !== 'playback:changed') return
        told.push(payload.event.playback)
        t.equal(silent.get('creator-1'), payload.event.playback.status === 'playing', 'it is so before it is told')
      },
      toShowInChunks() {},
      flush() {},
      toPeople() {},
      toPresence() {},
      endPresence() {},
      endShow() {},
      drainShow() {}
    },
    writes: createRoomWrites({ logger, onLost() {} }),
    logger,
    nowMs: () => Date.now(),
    append: async () => {},
    onLogged() {},
    recordAudience() {},
    beforeEnd() {}
  })
  const host: Actor = { kind: 'member', ...profile(creator), presenceId: 'creator-1' }
  await room.command({ kind: 'user', userId: creator }, { type: 'show:start' })
  await room.command(host, { type: 'show:join' })
  await room.command(host, { type: 'media:produced', producerId: 'producer1' })
  t.equal(silent.get('creator-1'), false)

  await room.command(host, { type: 'playback:play' })
  t.equal(silent.get('creator-1'), true)
  await room.command(host, { type: 'mute:set', userId: creator, muted: true })
  await room.command(host, { type: 'mute:set', userId: creator, muted: false })
  t.equal(silent.get('creator-1'), true, 'unmuting does not break the silence')
  await room.command(host, { type: 'media:produced', producerId: 'producer2' })
  t.equal(silent.get('creator-1'), true, 'nor does producing again')
  await room.command(host, { type: 'playback:pause' })
  t.equal(silent.get('creator-1'), false)

  await room.command(host, { type: 'playback:play' })
  const { title, description } = show
  await room.command(
    { kind: 'system' },
    {
      type: 'server:showEdited',
      version: 2,
      title,
      description,
      settings: settingsWith({ quietForSpotify: false })
    }
  )
  t.equal(silent.get('creator-1'), false, 'the setting works at once')
  t.equal(told.length, 3)
  await room.close()
})
