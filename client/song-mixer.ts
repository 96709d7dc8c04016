import { createDuckingGraph } from './ducking-graph.ts'
import { duckedGain, type DuckingSetting } from '../contract/ducking.ts'
import type { GainRamp } from '../contract/song-fade.ts'
import { scheduleRamps } from './scheduled-ramps.ts'
import type { SoundKind, Volumes } from './volumes.ts'

/** Time constant of volume changes. A jump would be heard as a click. */
const rampS = 0.02

export interface SongMixerParts {
  /**
   * Whether voices are played through the mixer too, and not only measured. True where the volume of an element cannot
   * be set.
   */
  playsVoices: boolean
  /** The mixer has started or stopped playing. */
  onChange: () => void
}

/** Plays songs and lowers them while a voice is heard. */
export interface SongMixer {
  /** Whether a sound is heard through the mixer now. */
  isPlaying(id: string, kind: SoundKind | 'jingle'): boolean
  add(id: string, track: MediaStreamTrack, kind: SoundKind | 'jingle'): void
  remove(id: string): void
  /** Sets the volume of one sound, 0 to 1, beside the volume of its kind. */
  setGain(id: string, gain: number): void
  /** `songLevel`: the gain that the hosts chose for songs. Jingles have the volume of songs without it. */
  set(volumes: Volumes, ducking: DuckingSetting, songLevel: number): void
  /** Sets how songs fade, beside the volumes: ramps in times of this device's clock. */
  setFade(ramps: readonly GainRamp[]): void
  /** Starts or stops the audio context as needed. Browsers let it start from a tap. */
  updateContext(): void
}

/**
 * Creates a mixer with WebAudio, which mixes on the audio thread and whose gain works on iOS too. Chromium feeds a
 * track received by WebRTC into WebAudio only if the track is also attached to an element.
 */
export function createSongMixer(parts: SongMixerParts): SongMixer {
  const context = new AudioContext()
  try {
    return createMixerIn(context, parts)
  } catch (error) {
    // A page can have only a few contexts.
    context.close().catch(() => {})
    throw error
  }
}

function createMixerIn(context: AudioContext, { playsVoices, onChange }: SongMixerParts): SongMixer {
  const { voices, depth } = createDuckingGraph(context)
  const ducked = new GainNode(context)
  const faded = new GainNode(context)
  let ramps: readonly GainRamp[] = []
  const outputs = { voice: new GainNode(context), song: new GainNode(context), jingle: new GainNode(context) }
  const sources = new Map<string, { source: MediaStreamAudioSourceNode; gain: GainNode }>()
  const inputs = { voice: voices, song: ducked, jingle: outputs.jingle }
  depth.connect(ducked.gain)
  ducked.connect(faded).connect(outputs.song).connect(context.destination)
  if (playsVoices) voices.connect(outputs.voice).connect(context.destination)
  outputs.jingle.connect(context.destination)

  const rampTo = (parameter: AudioParam, value: number) => {
    parameter.setTargetAtTime(value, context.currentTime, rampS)
  }

  /** Runs the context only while there is something to play. */
  function updateContext(): void {
    const targetState = sources.size > 0 ? 'running' : 'suspended'
    if (context.state === targetState) return
    ;(targetState === 'running' ? context.resume() : context.suspend()).catch(() => {})
  }

  context.addEventListener('statechange', () => {
    // The event is late: the sources may have changed since.
    updateContext()
    // The clock of a context stands still while it is suspended.
    scheduleRamps(faded.gain, context, ramps, ramps)
    onChange()
  })
  // Browsers refuse to start the context before the first tap, and a phone call may have stopped it.
  for (const event of ['click', 'keydown', 'visibilitychange']) document.addEventListener(event, updateContext)

  return {
    isPlaying: (id, kind) => sources.has(id) && context.state === 'running' && (playsVoices || kind === 'song'),
    add(id, track, kind) {
      // A jingle is neither lowered nor measured: its element plays it where that has a volume.
      if (kind === 'jingle' && !playsVoices) return
      try {
        const source = context.createMediaStreamSource(new MediaStream([track]))
        const gain = new GainNode(context)
        // A voice that is silent for this listener lowers no songs.
        source.connect(gain).connect(inputs[kind])
        sources.set(id, { source, gain })
      } catch {
        // The element of a track that the context rejects plays it.
      }
      updateContext()
    },
    remove(id) {
      const { source, gain } = sources.get(id) ?? {}
      source?.disconnect()
      gain?.disconnect()
      sources.delete(id)
      updateContext()
    },
    setGain(id, value) {
      const gain = sources.get(id)?.gain
      if (gain) rampTo(gain.gain, value)
    },
    set(volumes, ducking, songLevel) {
      rampTo(outputs.voice.gain, volumes.voice)
      rampTo(outputs.song.gain, volumes.song * songLevel)
      rampTo(outputs.jingle.gain, volumes.song)
      // Songs are not lowered under voices that are turned off.
      rampTo(depth.gain, volumes.voice === 0 ? 0 : duckedGain(ducking) - 1)
    },
    setFade(next) {
      scheduleRamps(faded.gain, context, next, ramps)
      ramps = next
    },
    updateContext
  }
}
