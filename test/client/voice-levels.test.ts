import type { types } from 'mediasoup-client'
import t from 'tap'
import { VoiceLevels, wantedLevels } from '../../client/voice-levels.ts'
import type { StageMember } from '../../contract/snapshot.ts'
import { createManualClock } from './manual-clock.ts'

type Media = types.Consumer | types.Producer

function seat(userId: string): StageMember {
  const producerId = `voice of ${userId}`
  return { userId, displayName: userId, avatarUrl: null, state: 'onStage', muted: false, producerId }
}

/** A received voice, as browsers tell its level: that of the last packet that was played. */
function received() {
  const source: { rtpTimestamp: number; audioLevel?: number }[] = []
  const rtpReceiver = { getSynchronizationSources: () => source }
  const media = { rtpReceiver, getStats: async () => new Map() } as unknown as Media
  let rtpTimestamp = 0
  return {
    media,
    play(audioLevel: number) {
      source[0] = { rtpTimestamp: (rtpTimestamp += 960), audioLevel }
    }
  }
}

/** A voice whose level only the statistics know, as that of the user's own microphone. */
function counted(type: string) {
  const entry = { type, audioLevel: 0 }
  let reads = 0
  const media = {
    getStats: async () => {
      reads++
      return new Map<string, object>([
        ['codec', { type: 'codec' }],
        ['track', { ...entry }]
      ])
    }
  }
  return { media: media as unknown as Media, entry, reads: () => reads }
}

/** Measures a show with these people on stage. `media` has the voices that this client sends and receives. */
function startLevels(...userIds: string[]) {
  const clock = createManualClock()
  const media = new Map<string, Media>()
  const stage = userIds.map(seat)
  const views: Record<string, number>[] = []
  const levels = new VoiceLevels({
    clock,
    getMediaSession: () => ({ findMedia: producerId => media.get(producerId.replace('voice of ', '')) ?? null }),
    getStage: () => stage,
    onChange: now => views.push(Object.fromEntries(now))
  })
  return { clock, media, stage, views, levels }
}

const loud = 0.1 // −20 dBov

t.beforeEach(() => Object.assign(globalThis, { RTCRtpReceiver: class {} }))
t.afterEach(() => Reflect.deleteProperty(globalThis, 'RTCRtpReceiver'))

t.test('voices are measured where they arrive, and fade when they stop', async t => {
  const { clock, media, views, levels } = startLevels('ann', 'ben')
  const ann = received()
  media.set('ann', ann.media).set('ben', received().media)
  ann.play(loud)
  levels.sync()
  t.same(views, [{ ann: -20 }])
  t.equal(levels.measure('ann'), -20)
  ann.play(0)
  t.equal(levels.measure('ann'), -127, 'at this moment')
  for (let n = 0; n < 4; n++) {
    ann.play(0)
    clock.advance(250)
  }
  t.same(views.slice(1), [{ ann: -30 }, { ann: -40 }, { ann: -50 }, {}])
})

t.test('a voice whose packets stop is silent', async t => {
  const { clock, media, views, levels } = startLevels('ann')
  const ann = received()
  media.set('ann', ann.media)
  ann.play(loud)
  levels.sync()
  clock.advance(500)
  t.same(views, [{ ann: -20 }], 'with DTX, 400 ms without a packet are normal')
  clock.advance(2000)
  t.same(views.at(-1), {})
})

t.test('the own voice, and receivers that know no level, are measured by statistics', async t => {
  for (const type of ['media-source', 'inbound-rtp']) {
    const { clock, media, views, levels } = startLevels('ann')
    const ann = counted(type)
    media.set('ann', ann.media)
    ann.entry.audioLevel = loud
    levels.sync()
    await Promise.resolve()
    clock.advance(250)
    t.same(views, [{ ann: -20 }])
    const reads = ann.reads()
    for (let n = 0; n < 60; n++) levels.measure('ann')
    t.equal(ann.reads(), reads, 'a display does not read more often')
  }
})

t.test('the server tells of those who are not received; a measured voice counts more', async t => {
  const { clock, media, views, levels } = startLevels('ann', 'ben')
  levels.receive([
    { userId: 'ann', volume: -15 },
    { userId: 'ben', volume: -25 }
  ])
  t.same(views, [{ ann: -15, ben: -25 }])
  const ann = received()
  media.set('ann', ann.media)
  ann.play(loud)
  clock.advance(250)
  t.same(views.at(-1), { ann: -20, ben: -25 })
  t.equal(levels.measure('ben'), -25)
  levels.receive([])
  t.same(views.at(-1), { ann: -20 })
  levels.stop()
  t.same(views.at(-1), {})
  t.same(clock.pendingDelays, [])
})

t.test('nothing is measured while nobody is on stage, and the measuring begins again', async t => {
  const { clock, media, stage, views, levels } = startLevels()
  levels.sync()
  t.same(clock.pendingDelays, [])
  const ann = received()
  ann.play(loud)
  media.set('ann', ann.media)
  stage.push(seat('ann'))
  levels.sync()
  t.same(views, [{ ann: -20 }])
  t.same(clock.pendingDelays, [250])
})

t.test('a platform that cannot measure shows what the server sends', async t => {
  Reflect.deleteProperty(globalThis, 'RTCRtpReceiver')
  const { clock, media, views, levels } = startLevels('ann')
  media.set('ann', received().media)
  levels.receive([{ userId: 'ann', volume: -15 }])
  levels.sync()
  levels.receive([])
  t.same(views, [{ ann: -15 }, {}])
  t.same(clock.pendingDelays, [])
})

t.test('a client asks the server for what it cannot measure', async t => {
  t.same(wantedLevels(), {}, 'statistics may have no levels')
  Object.assign(globalThis, {
    RTCRtpReceiver: class {
      getSynchronizationSources() {}
    }
  })
  t.same(wantedLevels(), { levels: false })
  Reflect.deleteProperty(globalThis, 'RTCRtpReceiver')
  t.same(wantedLevels(), { levels: true })
})
