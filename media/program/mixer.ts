import { defaultSettings } from '../../contract/settings.ts'
import { rampsGain } from '../../contract/song-fade.ts'
import { createChannels, createDuckedMusic, type Channels } from '../ducked-music.ts'
import { samplesPerMs } from '../player/opus-packet.ts'
import { openVoice, producerDelayMs, type DecodedVoice } from './decoded-voice.ts'
import type { MixerControls, MixerMessage, ProducerKind } from './mixer-messages.ts'

/** The mixer's clock moves in steps of 20 ms. */
export const frameMs = 20
export const frameSamples = frameMs * samplesPerMs
const channels = 2
export const frameBytes = frameSamples * channels * Int16Array.BYTES_PER_ELEMENT

const maxSample = 32_767
/** Peaks are kept below this, and the volume returns within about this time. */
const ceiling = 0.95
const recoveryFrames = 50
/** A show has fewer seats. */
const maxVoices = 256

/** Mixes voices and the song of a show, in frames of 20 ms, also while nobody is heard. */
export interface Mixer {
  take(message: MixerMessage): void
  /** Mixes the next frame: 16 bits, stereo. */
  mix(): Buffer
}

/** `nowMs`: the time, ms since the epoch, by which songs fade. */
export function createMixer(nowMs = Date.now): Mixer {
  const voices = new Map<number, DecodedVoice>()
  const addMusic = createDuckedMusic()
  const speech = createChannels(frameSamples)
  const music = createChannels(frameSamples)
  let controls: MixerControls = {
    ducking: defaultSettings.ducking,
    songLevel: 1,
    songFade: [],
    voices: true,
    song: false
  }
  let place = 0
  let masterGain = 1

  function isHeard({ kind }: DecodedVoice): boolean {
    return kind === 'voice' ? controls.voices : controls.song
  }

  function applyControls(next: MixerControls): void {
    controls = next
    for (const voice of voices.values()) if (!isHeard(voice)) voice.clear()
  }

  function addVoices(kind: ProducerKind, { left, right }: Channels): void {
    for (const voice of voices.values()) if (voice.kind === kind) voice.addTo(left, right, place)
  }

  /** Lowers the volume at once where several voices together are too loud, and raises it slowly afterwards. */
  function toSamples(): Buffer {
    const allowed = Math.min(1, ceiling / Math.max(ceiling, peakOf(speech)))
    masterGain = Math.min(allowed, masterGain + 1 / recoveryFrames)
    const samples = Buffer.allocUnsafe(frameBytes)
    for (let at = 0; at < frameSamples; at++) {
      samples.writeInt16LE(Math.round((speech.left[at] ?? 0) * masterGain * maxSample), at * 4)
      samples.writeInt16LE(Math.round((speech.right[at] ?? 0) * masterGain * maxSample), at * 4 + 2)
    }
    return samples
  }

  return {
    take(message) {
      if (message.type === 'controls') return applyControls(message.controls)
      const voice = voices.get(message.slot)
      if (message.type === 'packet') {
        if (voice && isHeard(voice)) voice.put(message.packet, place)
      } else {
        voice?.close()
        voices.delete(message.slot)
        if (message.type === 'opened' && voices.size < maxVoices) voices.set(message.slot, openVoice(message.kind))
      }
    },
    mix() {
      for (const channel of [speech.left, speech.right, music.left, music.right]) channel.fill(0)
      addVoices('voice', speech)
      addVoices('song', music)
      const level = controls.songLevel * rampsGain(controls.songFade, nowMs() - producerDelayMs.song)
      addMusic(speech, music, { setting: controls.ducking, level, atMs: place / samplesPerMs })
      // After ducking, which a jingle neither causes nor has.
      addVoices('jingle', speech)
      place += frameSamples
      return toSamples()
    }
  }
}

function peakOf({ left, right }: Channels): number {
  let peak = 0
  for (let at = 0; at < frameSamples; at++) peak = Math.max(peak, Math.abs(left[at] ?? 0), Math.abs(right[at] ?? 0))
  return peak
}
