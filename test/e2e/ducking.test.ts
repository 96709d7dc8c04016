import t from 'tap'
import type * as graphModule from '../../client/ducking-graph.ts'
import { duckingShape } from '../../client/index.ts'
import { openVisitor } from './browser.ts'
import { openSdkPage } from './sdk-page.ts'

const visitor = await openVisitor()
t.teardown(async () => await visitor.close())
const page = await openSdkPage(visitor)

/** A tone between two times, in seconds. Loud ones stand for voices. */
interface Sound {
  /** Peak level. */
  level: number
  fromS: number
  toS: number
}

const rate = 48_000
const levelDb = -12
const ducked = 10 ** (levelDb / 20)

/**
 * Returns the gain applied to a song while these sounds arrive, sample by sample. Song and voices are rendered in one
 * offline context, faster than real time.
 */
async function gains(sounds: Sound[], seconds = 3): Promise<number[]> {
  return await page.evaluate(
    async ({ sounds, seconds, rate, depth }) => {
      const path = '/client/ducking-graph.ts'
      const { createDuckingGraph }: typeof graphModule = await import(path)
      const context = new OfflineAudioContext(1, seconds * rate, rate)
      const graph = createDuckingGraph(context)
      graph.depth.gain.value = depth
      const song = new ConstantSourceNode(context)
      const ducked = new GainNode(context)
      graph.depth.connect(ducked.gain)
      song.connect(ducked).connect(context.destination)
      song.start()
      for (const { level, fromS, toS } of sounds) {
        const voice = new OscillatorNode(context, { frequency: 220 })
        voice.connect(new GainNode(context, { gain: level })).connect(graph.voices)
        voice.start(fromS)
        voice.stop(toS)
      }
      const rendered = await context.startRendering()
      return [...rendered.getChannelData(0)]
    },
    { sounds, seconds, rate, depth: ducked - 1 }
  )
}

const gainAt = (gain: readonly number[], s: number) => gain[Math.round(s * rate)]!
const db = (gain: number) => 20 * Math.log10(gain)

t.test('a song is lowered within 50 ms of a voice, also a quiet one, and never by more than the setting', async t => {
  for (const level of [0.02, 0.1, 0.5, 1]) {
    const gain = await gains([{ level, fromS: 0.5, toS: 1.5 }])
    t.ok(
      gain.slice(0, 0.5 * rate).every(value => value === 1),
      'unchanged before the voice'
    )
    const down = gain.findIndex(value => db(value) <= levelDb + 1)
    const afterMs = (down / rate - 0.5) * 1000
    t.comment(`a voice of ${db(level).toFixed(0)} dB: within 1 dB of ${levelDb} dB after ${afterMs.toFixed(1)} ms`)
    t.ok(down > 0 && afterMs <= 50, `${afterMs} ms`)
    t.ok(Math.abs(db(gainAt(gain, 1.4)) - levelDb) < 0.1)
    t.ok(gain.every(value => value > ducked - 1e-3 && value < 1 + 1e-3))
  }
})

t.test('the song stays lowered between words, and comes back smoothly', async t => {
  const words = [0, 1, 2, 3].map(word => ({ level: 0.2, fromS: 0.5 + word * 0.35, toS: 0.65 + word * 0.35 }))
  const gain = await gains(words)
  const lastS = 0.65 + 3 * 0.35
  t.ok(
    gain.slice(0.6 * rate, lastS * rate).every(value => db(value) < levelDb + 1),
    'pauses of 200 ms'
  )
  const { holdMs, releaseMs } = duckingShape
  const halfwayS = lastS + (holdMs + releaseMs / 2) / 1000
  t.ok(gainAt(gain, halfwayS) > ducked + 0.1 && gainAt(gain, halfwayS) < 0.9, `half way: ${gainAt(gain, halfwayS)}`)
  t.ok(gainAt(gain, lastS + (holdMs + releaseMs) / 1000 + 0.15) > 0.99)
  const steepest = gain.reduce((max, value, n) => Math.max(max, Math.abs(value - (gain[n - 1] ?? value))), 0)
  t.ok(steepest < 0.002, `no jump: ${steepest} from one sample to the next`)
})

t.test('the noise of a quiet room does not lower the song', async t => {
  const gain = await gains([{ level: 0.004, fromS: 0.2, toS: 2.8 }])
  t.ok(gain.every(value => value === 1))
})
