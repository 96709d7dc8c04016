import type { ReplayStretch } from '../../../../contract/replays.ts'
import { rampsGain } from '../../../../contract/song-fade.ts'
import { songLevelGain } from '../../../../contract/song-gain.ts'
import { createChannels, createDuckedMusic, type Channels } from '../../../../media/ducked-music.ts'
import { samplesPerMs } from '../../../../media/player/opus-packet.ts'
import type { ShowLog } from '../timeline/show-log.ts'
import type { MixedSource } from './mixed-sources.ts'
import type { PcmSource } from './pcm-source.ts'

/** The mix is made in blocks of this length, in which the volume of songs changes evenly. */
const blockMs = 20
export const blockFrames = blockMs * samplesPerMs
/** Sound fades in and out where something was left out. */
const fadeFrames = 5 * samplesPerMs
/** Samples above this are made quieter, the more the louder they are: several people may talk at once. */
const kneeLevel = 0.8
const maxSample = 32_767

/** A block of the mix: 16 bits, stereo. */
export interface MixedBlock {
  readonly bytes: Buffer
  /** Place of the block, ms, and its peak, 0 to 1. */
  readonly atMs: number
  readonly peak: number
}

/** The settings of the sound of a replay, by time. */
type SoundLog = Pick<ShowLog, 'ducking' | 'songLevels' | 'songFades'>

/** Mixes the stretches of a replay, block by block. Opens a source when it is heard, and closes it afterwards. */
export async function* mix(
  stretches: readonly ReplayStretch[],
  sources: readonly MixedSource[],
  log: SoundLog
): AsyncGenerator<MixedBlock> {
  const mixer = new Mixer(sources, log)
  try {
    for (const { atMs, durationMs, showAt } of stretches) {
      const frames = durationMs * samplesPerMs
      for (let frame = 0; frame < frames; frame += blockFrames) {
        const count = Math.min(blockFrames, frames - frame)
        const block = await mixer.block(showAt + frame / samplesPerMs, count)
        fade(block, frame, frames)
        yield { atMs: atMs + frame / samplesPerMs, ...toSamples(block) }
      }
    }
  } finally {
    mixer.close()
  }
}

class Mixer {
  readonly #waiting: MixedSource[]
  readonly #open = new Map<MixedSource, PcmSource>()
  readonly #audios = new Set<PcmSource>()
  readonly #log: SoundLog
  readonly #addMusic = createDuckedMusic()
  #setting = 0
  /** Numbers of levels and fades that have begun. */
  #levels = 0
  #fades = 0

  constructor(sources: readonly MixedSource[], log: SoundLog) {
    this.#waiting = [...sources]
    this.#log = log
  }

  async block(showMs: number, count: number): Promise<Channels> {
    const endMs = showMs + count / samplesPerMs
    this.#update(showMs, endMs)
    const [speech, music, jingles] = [createChannels(count), createChannels(count), createChannels(count)]
    const channelsOf = { voice: speech, song: music, jingle: jingles }
    for (const [source, audio] of this.#open) {
      const { left, right } = channelsOf[source.kind]
      await addSource(source, audio, { left, right }, { showMs, count })
    }
    // Voices are mono.
    speech.right.set(speech.left)
    const setting = this.#log.ducking[this.#setting]?.setting ?? { on: false, levelDb: 0 }
    const fade = rampsGain(this.#log.songFades[this.#fades - 1]?.ramps ?? [], showMs)
    const level = fade * songLevelGain(this.#log.songLevels[this.#levels - 1]?.levelDb)
    this.#addMusic(speech, music, { setting, level, atMs: showMs })
    for (let n = 0; n < count; n++) {
      speech.left[n] = (speech.left[n] ?? 0) + (jingles.left[n] ?? 0)
      speech.right[n] = (speech.right[n] ?? 0) + (jingles.right[n] ?? 0)
    }
    return speech
  }

  close(): void {
    for (const audio of this.#audios) audio.close()
  }

  #update(showMs: number, endMs: number): void {
    for (const source of this.#open.keys()) {
      if (source.toMs > showMs) continue
      source.release()
      this.#open.delete(source)
    }
    for (let next = this.#waiting[0]; next && next.fromMs < endMs; next = this.#waiting[0]) {
      this.#waiting.shift()
      // One that lies in a gap of the replay is never heard.
      if (next.toMs <= showMs) next.release()
      else this.#openSource(next)
    }
    while ((this.#log.ducking[this.#setting + 1]?.from ?? Infinity) <= showMs) this.#setting++
    while ((this.#log.songLevels[this.#levels]?.from ?? Infinity) <= showMs) this.#levels++
    while ((this.#log.songFades[this.#fades]?.from ?? Infinity) <= showMs) this.#fades++
  }

  #openSource(source: MixedSource): void {
    const audio = source.open()
    this.#open.set(source, audio)
    this.#audios.add(audio)
  }
}

/** Adds the part of a source that is heard in a block. */
async function addSource(
  source: MixedSource,
  audio: PcmSource,
  { left, right }: Channels,
  { showMs, count }: { showMs: number; count: number }
): Promise<void> {
  const at = Math.max(0, Math.ceil((source.fromMs - showMs) * samplesPerMs))
  const end = Math.min(count, Math.ceil((source.toMs - showMs) * samplesPerMs))
  if (end <= at) return
  const { position, step } = source.positionAt(showMs + at / samplesPerMs)
  const [from, to] = [Math.floor(position), Math.ceil(position + (end - at) * step) + 2]
  await audio.load(from, to)
  audio.addTo(left, right, { at, count: end - at, position, step })
}

function fade({ left, right }: Channels, frame: number, frames: number): void {
  if (frame >= fadeFrames && frame + left.length <= frames - fadeFrames) return
  for (let n = 0; n < left.length; n++) {
    const volume = Math.min(1, (frame + n) / fadeFrames, (frames - frame - n) / fadeFrames)
    left[n] = (left[n] ?? 0) * volume
    right[n] = (right[n] ?? 0) * volume
  }
}

function toSamples({ left, right }: Channels): { bytes: Buffer; peak: number } {
  const samples = new Int16Array(2 * left.length)
  let peak = 0
  for (let n = 0; n < left.length; n++) {
    const [one, other] = [limited(left[n] ?? 0), limited(right[n] ?? 0)]
    peak = Math.max(peak, Math.abs(one), Math.abs(other))
    samples[2 * n] = Math.round(one * maxSample)
    samples[2 * n + 1] = Math.round(other * maxSample)
  }
  return { bytes: Buffer.from(samples.buffer), peak }
}

function limited(sample: number): number {
  const level = Math.abs(sample)
  if (level <= kneeLevel) return sample
  const room = 1 - kneeLevel
  return Math.sign(sample) * (kneeLevel + room * Math.tanh((level - kneeLevel) / room))
}
