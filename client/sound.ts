import type { DuckingSetting } from '../contract/ducking.ts'
import type { GainRamp } from '../contract/song-fade.ts'
import { createFadeSteps } from './fade-steps.ts'
import { Listeners } from './listeners.ts'
import { mediaErrorName } from './media-error.ts'
import type { SongMixer } from './song-mixer.ts'
import { fullVolumes, silence, type SoundKind, type Volumes } from './volumes.ts'

/** Plays received tracks. Apps on React Native and Node.js can pass their own. */
export interface SoundOutput {
  /**
   * Plays a track until it is removed. `userId`: whose voice it is. `isJingle`: a song without ducking and song level.
   */
  add(id: string, track: MediaStreamTrack, kind: SoundKind, userId?: string, isJingle?: boolean): void
  remove(id: string): void
  /** Playback volumes. A new object after each change. */
  readonly volumes: Volumes
  /** Sets the playback volume of a kind of sound, 0 to 1. */
  setVolume(kind: SoundKind, volume: number): void
  /** Sets the volume of one person's voice, 0 to 1, beside the volume of all voices. Absent in outputs without it. */
  setVoiceVolume?(userId: string, volume: number): void
  /** Sets by how much songs are lowered while a voice is heard. */
  setDucking(ducking: DuckingSetting): void
  /** Sets the gain that hosts chose for songs, 0 to 1, beside volume and ducking. Absent in outputs without it. */
  setSongLevel?(gain: number): void
  /**
   * Sets how songs fade, beside all that: their gain is the product of these ramps (`rampGain`), whose times are those
   * of the clock of this device. Absent in outputs without it.
   */
  setSongFade?(ramps: readonly GainRamp[]): void
  /** Whether sound waits for a tap: browsers play none before one, and the system may stop it for a phone call. */
  readonly isLocked: boolean
  /** Whether `pause` has stopped the sound. Absent in outputs that cannot pause. */
  readonly isPaused?: boolean
  /** Stops the sound until `unlock`. Absent in outputs that cannot pause. */
  pause?(): void
  /** Starts playing sound, also after `pause`. Called from a tap. */
  unlock(): Promise<void>
  /** Calls back when `volumes`, `isLocked` or `isPaused` changes. Returns a function that stops that. */
  subscribe(listener: () => void): () => void
}

/** One track that is played. */
interface Sound {
  element: HTMLAudioElement
  track: MediaStreamTrack
  kind: SoundKind
  isJingle: boolean
  userId: string | undefined
  /** Whether the browser refuses to play it before a tap. */
  isBlocked: boolean
  /** Time of the last attempt to go on after something else had paused it, ms. */
  resumedAt: number
}

/** The volumes with which an output of browsers starts. */
interface StoredVolumes {
  volumes?: Volumes
  /** Volumes of the voices of some people, by user id. */
  voiceVolumes?: ReadonlyMap<string, number>
}

/** A sound that is paused again within this time after it went on is left to a tap: something insists on silence. */
const minResumedMs = 1000

/**
 * Creates the output of browsers, with an audio element for each track. The first song loads a mixer, which plays songs
 * and lowers them under voices. Until the mixer can play, or where it cannot be loaded, elements play songs without
 * ducking. Only this file and the mixer use the DOM.
 */
export function elementOutput(stored: StoredVolumes = {}): SoundOutput {
  const sounds = new Map<string, Sound>()
  const listeners = new Listeners()
  const mixerPlaysVoices = !canSetElementVolume()
  const voiceVolumes = new Map(stored.voiceVolumes)
  let volumes = stored.volumes ?? fullVolumes
  let ducking: DuckingSetting = { on: false, levelDb: 0 }
  let songLevel = 1
  const fade = createFadeSteps(applyVolumes)
  let mixer: SongMixer | null = null
  let isLoadingMixer = false
  let isLocked = false
  let isPaused = false

  function setLocked(next: boolean): void {
    if (isLocked === next) return
    isLocked = next
    listeners.notify()
  }

  function block(sound: Sound): void {
    sound.isBlocked = true
    updateLocked()
  }

  /** Sound is locked while one that is still to be played waits for a tap. */
  function updateLocked(): void {
    setLocked([...sounds.values()].some(({ isBlocked }) => isBlocked))
  }

  async function play(sound: Sound): Promise<void> {
    if (isPaused) return
    try {
      await sound.element.play()
      sound.isBlocked = false
      updateLocked()
    } catch (error) {
      // Only the autoplay policy needs a tap. Another error is, for example, that the element was removed meanwhile.
      if (mediaErrorName(error) === 'NotAllowedError') block(sound)
    }
  }

  /** Plays a sound again that something else has paused: a headset, a phone call, another app. */
  function resume(id: string, sound: Sound): void {
    const { element, resumedAt } = sound
    if (isPaused || element.ended || sounds.get(id) !== sound) return
    sound.resumedAt = performance.now()
    if (sound.resumedAt - resumedAt < minResumedMs) block(sound)
    else play(sound)
  }

  /** Tries again what the browser or the system had stopped, for example after a phone call. */
  function playBlocked(): void {
    if (document.visibilityState === 'hidden') return
    for (const sound of sounds.values()) if (sound.isBlocked) play(sound)
  }

  function gainOf({ kind, isJingle, userId = '' }: Sound): number {
    if (kind === 'voice') return volumes.voice * (voiceVolumes.get(userId) ?? 1)
    return volumes.song * (isJingle ? 1 : songLevel * fade.gain())
  }

  /** Applies the volumes, so that each sound is heard once, from its element or from the mixer. */
  function applyVolumes(): void {
    mixer?.set(isPaused ? silence : volumes, ducking, songLevel)
    for (const [id, sound] of sounds) {
      const { element, userId = '' } = sound
      const gain = gainOf(sound)
      mixer?.setGain(id, voiceVolumes.get(userId) ?? 1)
      element.volume = gain
      element.muted = isPaused || gain === 0 || mixer?.isPlaying(id, mixedKindOf(sound)) === true
    }
  }

  function needsMixer(sound: Sound): boolean {
    return mixedKindOf(sound) === 'song' || (mixerPlaysVoices && gainOf(sound) < 1)
  }

  /** Loads the mixer on demand, so that listeners of a show without songs do not load it. */
  async function loadMixer(): Promise<void> {
    if (mixer || isLoadingMixer || ![...sounds.values()].some(needsMixer)) return
    isLoadingMixer = true
    try {
      const { createSongMixer } = await import('./song-mixer.ts')
      mixer = createSongMixer({ playsVoices: mixerPlaysVoices, onChange: applyVolumes })
      mixer.setFade(fade.ramps)
      for (const [id, sound] of sounds) mixer.add(id, sound.track, mixedKindOf(sound))
      applyVolumes()
    } catch {
      // Elements continue to play. The next sound tries again.
    } finally {
      isLoadingMixer = false
    }
  }

  return {
    add(id, track, kind, userId, isJingle = false) {
      const element = new Audio()
      element.srcObject = new MediaStream([track])
      const sound = { element, track, kind, isJingle, userId, isBlocked: false, resumedAt: -minResumedMs }
      element.addEventListener('pause', () => resume(id, sound))
      sounds.set(id, sound)
      document.addEventListener('visibilitychange', playBlocked)
      mixer?.add(id, track, mixedKindOf(sound))
      applyVolumes()
      play(sound)
      loadMixer()
    },
    remove(id) {
      const { element } = sounds.get(id) ?? {}
      sounds.delete(id)
      mixer?.remove(id)
      if (sounds.size === 0) document.removeEventListener('visibilitychange', playBlocked)
      updateLocked()
      if (!element) return
      element.pause()
      element.srcObject = null
    },
    get volumes() {
      return volumes
    },
    setVolume(kind, volume) {
      volumes = { ...volumes, [kind]: volume }
      loadMixer()
      applyVolumes()
      listeners.notify()
    },
    setVoiceVolume(userId, volume) {
      voiceVolumes.set(userId, volume)
      loadMixer()
      applyVolumes()
    },
    setDucking(setting) {
      ducking = setting
      applyVolumes()
    },
    setSongLevel(gain) {
      songLevel = gain
      applyVolumes()
    },
    setSongFade(ramps) {
      mixer?.setFade(ramps)
      fade.set(ramps)
    },
    get isLocked() {
      return isLocked
    },
    get isPaused() {
      return isPaused
    },
    pause() {
      isPaused = true
      applyVolumes()
      for (const { element } of sounds.values()) element.pause()
      listeners.notify()
    },
    async unlock() {
      if (isPaused) {
        isPaused = false
        applyVolumes()
        listeners.notify()
      }
      mixer?.updateContext()
      await Promise.all([...sounds.values()].map(play))
    },
    subscribe: listener => listeners.add(listener)
  }
}

/** The mixer treats jingles on their own. */
function mixedKindOf({ kind, isJingle }: Sound): SoundKind | 'jingle' {
  return isJingle ? 'jingle' : kind
}

/** Whether elements have a volume of their own. On iOS they always play at the volume of the device. */
function canSetElementVolume(): boolean {
  const element = new Audio()
  element.volume = 0.5
  return element.volume === 0.5
}
