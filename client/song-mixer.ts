import { createDuckingGraph } from './ducking-graph.ts'
import { duckedGain, type DuckingSetting } from './ducking.ts'
import type { SoundKind, Volumes } from './volumes.ts'

/** Volumes glide there, for a jump is a click. */
const glideS = 0.02

export interface MixerParts {
  /** Voices are played here too, and not only measured: where an element's volume can't be set. */
  voicesToo: boolean
  /** It began to play, or stopped. */
  changed: () => void
}

/** Plays songs so that they make way for voices. */
export interface SongMixer {
  /** Whether this sound is heard from here now. */
  plays(id: string, kind: SoundKind): boolean
  add(id: string, track: MediaStreamTrack, kind: SoundKind): void
  remove(id: string): void
  set(volumes: Volumes, ducking: DuckingSetting): void
  /** Called from a tap. */
  wake(): void
}

/**
 * Plays by WebAudio, which mixes on the audio thread, and whose gain is heard on iOS as well. Tracks received by WebRTC must be in
 * an element too: Chromium feeds WebAudio from no others.
 */
export function createSongMixer(parts: MixerParts): SongMixer {
  const context = new AudioContext()
  try {
    return mixIn(context, parts)
  } catch (error) {
    // A page has only a few.
    context.close().catch(() => {})
    throw error
  }
}

function mixIn(context: AudioContext, { voicesToo, changed }: MixerParts): SongMixer {
  const { voices, depth } = createDuckingGraph(context)
  const ducked = new GainNode(context)
  const outputs = { voice: new GainNode(context), song: new GainNode(context) }
  const sources = new Map<string, MediaStreamAudioSourceNode>()
  depth.connect(ducked.gain)
  ducked.connect(outputs.song).connect(context.destination)
  if (voicesToo) voices.connect(outputs.voice).connect(context.destination)

  const glide = (gain: AudioParam, value: number) => {
    gain.setTargetAtTime(value, context.currentTime, glideS)
  }

  /** Computes while there is something to play, and only then. */
  function wake(): void {
    const wanted = sources.size > 0 ? 'running' : 'suspended'
    if (context.state === wanted) return
    ;(wanted === 'running' ? context.resume() : context.suspend()).catch(() => {})
  }

  context.addEventListener('statechange', () => {
    // It comes late: something else may be wanted by then.
    wake()
    changed()
  })
  // Not allowed before the first tap; and a telephone call may have taken it away.
  for (const event of ['click', 'keydown', 'visibilitychange']) document.addEventListener(event, wake)

  return {
    plays: (id, kind) => sources.has(id) && context.state === 'running' && (voicesToo || kind === 'song'),
    add(id, track, kind) {
      try {
        const source = context.createMediaStreamSource(new MediaStream([track]))
        source.connect(kind === 'song' ? ducked : voices)
        sources.set(id, source)
      } catch {
        // What it does not take is played by its element.
      }
      wake()
    },
    remove(id) {
      sources.get(id)?.disconnect()
      sources.delete(id)
      wake()
    },
    set(volumes, ducking) {
      glide(outputs.voice.gain, volumes.voice)
      glide(outputs.song.gain, volumes.song)
      // For who doesn't hear voices there is nothing to make way for.
      glide(depth.gain, volumes.voice === 0 ? 0 : duckedGain(ducking) - 1)
    },
    wake
  }
}
