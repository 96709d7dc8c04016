import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A song of the demo, composed from numbers. */
interface Score {
  title: string
  /** Beats per minute. */
  tempo: number
  /** One chord for each bar, as semitones above A3. They repeat. */
  chords: readonly (readonly number[])[]
  /** Which note of the chord each eighth of a bar plays; -1 is a pause. */
  pattern: readonly number[]
  bars: number
  /** Rate at which a note fades, 1/s. */
  decay: number
}

const artist = 'Demo music'
const sampleRate = 32_000
const rootHz = 220
const eighths = 8
const attackSamples = 200
const gain = 0.7
const maxSample = 32_767

const scores: readonly Score[] = [
  {
    title: 'Morning lights',
    tempo: 92,
    chords: [
      [0, 4, 7, 11],
      [-3, 0, 4, 7],
      [5, 9, 12, 16],
      [7, 11, 14, 17]
    ],
    pattern: [0, 2, 1, 3, 2, 1, 3, 2],
    bars: 12,
    decay: 3
  },
  {
    title: 'Night train',
    tempo: 116,
    chords: [
      [-12, 0, 3, 7],
      [-12, 0, 3, 7],
      [-4, 0, 3, 8],
      [-2, 2, 5, 10]
    ],
    pattern: [0, 1, 0, 2, 0, 3, 2, 1],
    bars: 16,
    decay: 5
  },
  {
    title: 'Slow rain',
    tempo: 66,
    chords: [
      [-5, 2, 7, 10],
      [-7, 0, 5, 9],
      [-9, 3, 7, 12],
      [-2, 2, 5, 14]
    ],
    pattern: [0, -1, 2, -1, 3, 1, -1, 2],
    bars: 8,
    decay: 1.6
  }
]

/** Composes the songs that are missing in a folder, one after the other, and yields the file of each, WAV. */
export async function* composeSongs(folder: string): AsyncGenerator<string, void, void> {
  await mkdir(folder, { recursive: true })
  for (const score of scores) {
    const file = join(folder, `${score.title}.wav`)
    if (!(await stat(file).catch(() => undefined))) {
      await writeFile(`${file}.new`, toWav(render(score), score.title))
      await rename(`${file}.new`, file)
    }
    yield file
  }
}

/** Renders a song: a plucked melody over a soft bass and a pulse. */
function render({ tempo, chords, pattern, bars, decay }: Score): Float32Array {
  const eighthSamples = Math.round(((60 / tempo) * sampleRate) / 2)
  const tail = sampleRate * 2
  const sound = new Float32Array(bars * eighths * eighthSamples + tail)
  for (let step = 0; step < bars * eighths; step++) {
    const bar = Math.floor(step / eighths)
    const chord = chords[bar % chords.length] ?? []
    const at = step * eighthSamples
    const note = chord[pattern[step % eighths] ?? 0]
    if (note !== undefined) addTone(sound, at, hzOf(note + 12), 0.22, decay)
    if (step % eighths === 0) addTone(sound, at, hzOf((chord[0] ?? 0) - 12), 0.3, 0.8)
    if (step % 2 === 0) addTone(sound, at, hzOf((chord[1] ?? 0) + 24), 0.05, 12)
  }
  return sound
}

const hzOf = (semitones: number) => rootHz * 2 ** (semitones / 12)

/** One period of a tone with two overtones. */
const period = Float32Array.from({ length: 2048 }, (_, i) => {
  const angle = (2 * Math.PI * i) / 2048
  return Math.sin(angle) + 0.4 * Math.sin(2 * angle) + 0.15 * Math.sin(3 * angle)
})

/** Adds a tone that begins at once and fades. */
function addTone(sound: Float32Array, at: number, hz: number, level: number, decay: number): void {
  const step = (period.length * hz) / sampleRate
  const fading = Math.exp(-decay / sampleRate)
  const end = Math.min(sound.length, at + Math.round((5 / decay) * sampleRate))
  let [place, loudness] = [0, level]
  for (let i = at; i < end; i++) {
    const attack = Math.min(1, (i - at) / attackSamples)
    sound[i] = (sound[i] ?? 0) + attack * loudness * (period[Math.floor(place) % period.length] ?? 0)
    place += step
    loudness *= fading
  }
}

/** Returns a WAV file, mono, 16 bits, with tags. */
function toWav(sound: Float32Array, title: string): Buffer {
  const format = Buffer.alloc(16)
  format.writeUInt16LE(1, 0)
  format.writeUInt16LE(1, 2)
  format.writeUInt32LE(sampleRate, 4)
  format.writeUInt32LE(sampleRate * 2, 8)
  format.writeUInt16LE(2, 12)
  format.writeUInt16LE(16, 14)
  const data = Buffer.alloc(sound.length * 2)
  sound.forEach((sample, i) => {
    data.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample * gain)) * maxSample), i * 2)
  })
  const tags = Object.entries({ INAM: title, IART: artist, ICMT: 'CC0-1.0' })
  const list = Buffer.concat([Buffer.from('INFO'), ...tags.map(([id, text]) => chunk(id, Buffer.from(`${text}\0`)))])
  return chunk(
    'RIFF',
    Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), chunk('LIST', list), chunk('data', data)])
  )
}

/** Returns a chunk of a RIFF file. Its content has an even length. */
function chunk(id: string, content: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(content.length)
  return Buffer.concat([Buffer.from(id, 'latin1'), size, content, Buffer.alloc(content.length % 2)])
}
