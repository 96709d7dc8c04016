import type { DuckingSetting } from './ducking.ts'
import type { SongMixer } from './song-mixer.ts'
import { fullVolumes, type SoundKind, type Volumes } from './volumes.ts'

/** Plays what arrives. React Native and Node bring their own. */
export interface SoundOutput {
  /** Plays a track until it is removed. */
  add(id: string, track: MediaStreamTrack, kind: SoundKind): void
  remove(id: string): void
  /** How loud each kind is played; another object after every change. */
  readonly volumes: Volumes
  /** How loud this kind is played from now on, 0 to 1. */
  setVolume(kind: SoundKind, volume: number): void
  /** How much songs are lowered while a voice is heard, from now on. */
  setDucking(ducking: DuckingSetting): void
  /** Whether sound waits for a tap: browsers allow none before one. */
  readonly isLocked: boolean
  /** Called from a tap. */
  unlock(): Promise<void>
  subscribe(changed: () => void): () => void
}

/** Where there is nothing to play on. */
export function silentOutput(): SoundOutput {
  return {
    add() {},
    remove() {},
    volumes: fullVolumes,
    setVolume() {},
    setDucking() {},
    isLocked: false,
    async unlock() {},
    subscribe: () => () => {}
  }
}

/** One track that is played. */
interface Sound {
  element: HTMLAudioElement
  track: MediaStreamTrack
  kind: SoundKind
}

/**
 * The browser's: an audio element for each track. Songs go through a mixer as soon as there is one, which lowers them while somebody
 * speaks; where it can't be loaded, or may not play yet, elements play them as they are. With what it loads, the only file of the SDK
 * that knows the DOM. `volumes`: to begin with.
 */
export function elementOutput({ volumes: firstVolumes = fullVolumes }: { volumes?: Volumes } = {}): SoundOutput {
  const sounds = new Map<string, Sound>()
  const listeners = new Set<() => void>()
  const voicesToo = !elementsHaveVolume()
  let volumes = firstVolumes
  let ducking: DuckingSetting = { on: false, levelDb: 0 }
  let mixer: SongMixer | null = null
  let loading = false
  let locked = false

  function tell(): void {
    for (const listener of [...listeners]) listener()
  }

  function setLocked(now: boolean): void {
    if (locked === now) return
    locked = now
    tell()
  }

  async function play({ element }: Sound): Promise<void> {
    try {
      await element.play()
      setLocked(false)
    } catch (error) {
      // Anything but the autoplay rule (the element went away meanwhile) is no reason to ask for a tap.
      if (error instanceof DOMException && error.name === 'NotAllowedError') setLocked(true)
    }
  }

  /** Has every sound heard once, from its element or from the mixer, as loud as it should be. */
  function balance(): void {
    mixer?.set(volumes, ducking)
    for (const [id, { element, kind }] of sounds) {
      element.volume = volumes[kind]
      element.muted = volumes[kind] === 0 || mixer?.plays(id, kind) === true
    }
  }

  /** Listeners of a show without songs load none of it. */
  async function mix(): Promise<void> {
    if (mixer || loading) return
    loading = true
    try {
      const { createSongMixer } = await import('./song-mixer.ts')
      mixer = createSongMixer({ voicesToo, changed: balance })
      for (const [id, { track, kind }] of sounds) mixer.add(id, track, kind)
      balance()
    } catch {
      // It is tried again with the next song; elements play on.
    } finally {
      loading = false
    }
  }

  return {
    add(id, track, kind) {
      const element = new Audio()
      element.srcObject = new MediaStream([track])
      const sound = { element, track, kind }
      sounds.set(id, sound)
      mixer?.add(id, track, kind)
      balance()
      play(sound)
      if (kind === 'song') mix()
    },
    remove(id) {
      const { element } = sounds.get(id) ?? {}
      sounds.delete(id)
      mixer?.remove(id)
      if (!element) return
      element.pause()
      element.srcObject = null
    },
    get volumes() {
      return volumes
    },
    setVolume(kind, volume) {
      volumes = { ...volumes, [kind]: volume }
      if (voicesToo) mix()
      balance()
      tell()
    },
    setDucking(setting) {
      ducking = setting
      balance()
    },
    get isLocked() {
      return locked
    },
    async unlock() {
      mixer?.wake()
      await Promise.all([...sounds.values()].map(play))
    },
    subscribe(changed) {
      listeners.add(changed)
      return () => {
        listeners.delete(changed)
      }
    }
  }
}

/** On iOS an element is as loud as the device, whatever it is told. */
function elementsHaveVolume(): boolean {
  const element = new Audio()
  element.volume = 0.5
  return element.volume === 0.5
}
