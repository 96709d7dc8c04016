export type SoundKind = 'voice' | 'song'

/** How loud each kind is played, 0 to 1. */
export type Volumes = Readonly<Record<SoundKind, number>>

export const fullVolumes: Volumes = { voice: 1, song: 1 }

/** Plays what arrives. React Native and Node bring their own. */
export interface SoundOutput {
  /** Plays a track until it is removed. */
  add (id: string, track: MediaStreamTrack, kind: SoundKind): void
  remove (id: string): void
  /** How loud each kind is played; another object after every change. */
  readonly volumes: Volumes
  /** How loud this kind is played from now on, 0 to 1. */
  setVolume (kind: SoundKind, volume: number): void
  /** Whether sound waits for a tap: browsers allow none before one. */
  readonly locked: boolean
  /** Called from a tap. */
  unlock (): Promise<void>
  subscribe (changed: () => void): () => void
}

/** Where there is nothing to play on. */
export function silentOutput (): SoundOutput {
  return { add () {}, remove () {}, volumes: fullVolumes, setVolume () {}, locked: false, async unlock () {}, subscribe: () => () => {} }
}

/** The browser's: an audio element for each track. The one file of the SDK that knows the DOM. */
export function elementOutput (): SoundOutput {
  const elements = new Map<string, { element: HTMLAudioElement, kind: SoundKind }>()
  let volumes = fullVolumes
  const listeners = new Set<() => void>()
  let locked = false

  function tell (): void {
    for (const listener of [...listeners]) listener()
  }

  function setLocked (now: boolean): void {
    if (locked === now) return
    locked = now
    tell()
  }

  async function play (element: HTMLAudioElement): Promise<void> {
    try {
      await element.play()
      setLocked(false)
    } catch (error) {
      // Anything but the autoplay rule (the element went away meanwhile) is no reason to ask for a tap.
      if (error instanceof DOMException && error.name === 'NotAllowedError') setLocked(true)
    }
  }

  return {
    add (id, track, kind) {
      const element = new Audio()
      element.srcObject = new MediaStream([track])
      element.volume = volumes[kind]
      elements.set(id, { element, kind })
      play(element)
    },
    remove (id) {
      const { element } = elements.get(id) ?? {}
      elements.delete(id)
      if (!element) return
      element.pause()
      element.srcObject = null
    },
    setVolume (kind, volume) {
      volumes = { ...volumes, [kind]: volume }
      for (const playing of elements.values()) if (playing.kind === kind) playing.element.volume = volume
      tell()
    },
    get volumes () { return volumes },
    get locked () { return locked },
    async unlock () { await Promise.all([...elements.values()].map(async ({ element }) => await play(element))) },
    subscribe (changed) {
      listeners.add(changed)
      return () => { listeners.delete(changed) }
    }
  }
}
