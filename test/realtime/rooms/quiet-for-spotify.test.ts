import { pino } from 'pino'
import t from 'tap'
import type { Playback } from '../../../contract/playback.ts'
import { createLiveRoom } from '../../../realtime/rooms/live-room.ts'
import { createRoomWrites } from '../../../realtime/rooms/room-writes.ts'
import type { Actor } from '../../../realtime/room/commands.ts'
import { createServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { openingState } from '../../../realtime/room/opening-state.ts'
import { standIn } from '../live/stand-in.ts'
import { creator, limits, playlistItems, profile, settingsWith, showWith } from '../room/people.ts'

t.test('with quietForSpotify the server silences the stage while a track of Spotify plays', async t => {
  const show = {
    ...showWith(3),
    settings: settingsWith({ quietForSpotify: true }),
    playlist: { version: 1, items: [...playlistItems] }
  }
  const muted = new Map<string, boolean>()
  const announced: Playback[] = []
  let jinglesStopped = 0
  const logger = pino({ level: 'silent' })
  const room = createLiveRoom({
    state: createServerRoomState(openingState(show, 0), limits, show.playlist.items),
    seq: 0,
    assertHome: () => undefined,
    earlierCauses: new Set(),
    onApplied() {},
    onSpeaking() {},
    onOwnSpeaking() {},
    audio: {
      admitProducer: async (presenceId, _producerId, isMuted) => {
        muted.set(presenceId!, isMuted)
      },
      closeProducer: async () => {},
      setMuted: async (presenceId, isMuted) => {
        muted.set(presenceId!, isMuted)
      },
      open: async () => null,
      fits: () => true,
      play: async () => null,
      discard() {},
      prepare() {},
      leave() {},
      producerOf: () => null,
      addRemoteLevels() {},
      listen() {},
      jingles: {
        open: async () => ({ durationMs: 1000, opened: standIn({}) }),
        play: async jingle => ({ ...jingle, producerId: 'jingle' }),
        discard() {},
        stop() {
          jinglesStopped++
        }
      },
      close: async () => {}
    },
    delivery: {
      toShow(_showId, event, payload) {
        if (event !== 'room:event' || !('event' in payload) || payload.event.type !== 'playback:changed') return
        announced.push(payload.event.playback)
        t.equal(muted.get('creator-1'), payload.event.playback.status === 'playing', 'before it is announced')
      },
      toPeople() {},
      toPresence() {},
      toPresences() {},
      endPresence() {},
      endShow() {},
      drainShow() {}
    },
    writes: createRoomWrites({ logger, onLost() {} }),
    votes: { voted() {}, happened() {} },
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
  t.equal(muted.get('creator-1'), false)

  await room.command(host, { type: 'playback:play' })
  t.equal(muted.get('creator-1'), true)
  await t.rejects(room.command(host, { type: 'jingle:play', songId: 'jingle' }), { code: 'CONFLICT' })
  await room.command(host, { type: 'mute:set', userId: creator, muted: true })
  await room.command(host, { type: 'mute:set', userId: creator, muted: false })
  t.equal(muted.get('creator-1'), true, 'after an unmute')
  await room.command(host, { type: 'media:produced', producerId: 'producer2' })
  t.equal(muted.get('creator-1'), true, 'with another producer')
  await room.command(host, { type: 'playback:pause' })
  t.equal(muted.get('creator-1'), false)
  await room.command(host, { type: 'jingle:play', songId: 'jingle' })
  t.match(room.state.room.jingle, { producerId: 'jingle' }, 'allowed while paused')

  await room.command(host, { type: 'playback:play' })
  t.equal(room.state.room.jingle, undefined, 'the jingle ends where the track begins')
  t.equal(jinglesStopped, 1)
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
  t.equal(muted.get('creator-1'), false, 'after the setting was switched off')
  t.equal(announced.length, 3)

  await room.command(host, { type: 'jingle:play', songId: 'jingle' })
  const settings = settingsWith({ quietForSpotify: true })
  await room.command({ kind: 'system' }, { type: 'server:showEdited', version: 3, title, description, settings })
  t.equal(room.state.room.jingle, undefined, 'the jingle ends where the setting is switched on')
  t.equal(jinglesStopped, 2)
  await room.close()
})
