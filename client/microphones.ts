import { mediaErrorName } from './media-error.ts'

/** A microphone of this device and how the browser treats what it picks up. */
export interface MicrophoneChoice {
  /** The id that the browser gave the device. Empty: the default microphone. */
  readonly deviceId: string
  /**
   * Whether the browser removes echo and noise, and evens out the level. Good for speech; instruments sound better
   * without.
   */
  readonly removesNoise: boolean
}

/** The id that Chromium gives to the device that the system uses by default, besides the device's own. */
const defaultDeviceId = 'default'

/** A microphone that can be chosen. Its name is known after the user has allowed one. */
export interface Microphone {
  readonly deviceId: string
  readonly label: string
}

/** The choice of those who have not chosen: the microphone that the system uses, for speech. */
export const defaultMicrophone: MicrophoneChoice = { deviceId: '', removesNoise: true }

const choices = new WeakMap<MediaStreamTrack, MicrophoneChoice>()

/**
 * Opens a microphone. The browser asks the user, unless it has before. With `orDefault`, the default microphone
 * replaces one that is not connected any more.
 * @throws what `getUserMedia` throws: in browsers DOMException
 */
export async function openMicrophone(
  choice: MicrophoneChoice,
  { orDefault = false }: { orDefault?: boolean } = {}
): Promise<MediaStreamTrack> {
  const { deviceId, removesNoise } = choice
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(deviceId && { deviceId: { exact: deviceId } }),
        echoCancellation: removesNoise,
        noiseSuppression: removesNoise,
        autoGainControl: removesNoise
      }
    })
    const [track] = stream.getAudioTracks()
    if (!track) throw Object.assign(new Error('The microphone has no audio.'), { name: 'NotFoundError' })
    const openedId = track.getSettings().deviceId ?? deviceId
    choices.set(track, { removesNoise, deviceId: openedId === defaultDeviceId ? '' : openedId })
    return track
  } catch (error) {
    if (orDefault && deviceId && isNotConnected(error)) return await openMicrophone({ ...choice, deviceId: '' })
    throw error
  }
}

/**
 * Returns the choice that opens the microphone of a track again. Undefined for a track that is not of `openMicrophone`.
 */
export function findMicrophoneChoice(track: MediaStreamTrack): MicrophoneChoice | undefined {
  return choices.get(track)
}

/** Lists the microphones of this device, without an entry for the default. Empty where pages cannot list them. */
export async function listMicrophones(): Promise<Microphone[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  return devices
    .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '' && deviceId !== defaultDeviceId)
    .map(({ deviceId, label }, n) => ({ deviceId, label: label || `Microphone ${n + 1}` }))
}

/**
 * Calls back when a microphone is connected or removed, or when the user has allowed or blocked them for this page.
 * Returns a function that stops that.
 */
export function watchMicrophones(onChange: () => void): () => void {
  const stopping = new AbortController()
  const { signal } = stopping
  navigator.mediaDevices?.addEventListener('devicechange', onChange, { signal })
  findPermission().then(permission => permission?.addEventListener('change', onChange, { signal }))
  return () => stopping.abort()
}

/**
 * Returns whether this page may open microphones: `prompt` when the browser will ask. Undefined where the browser does
 * not tell.
 */
export async function findMicrophonePermission(): Promise<PermissionState | undefined> {
  return (await findPermission())?.state
}

async function findPermission(): Promise<PermissionStatus | undefined> {
  try {
    return await navigator.permissions.query({ name: 'microphone' })
  } catch {
    // Browsers without the Permissions API, or without this name of it.
    return undefined
  }
}

/** Whether `openMicrophone` failed because the microphone, or any, is not connected. */
export function isNotConnected(error: unknown): boolean {
  return ['NotFoundError', 'OverconstrainedError'].includes(mediaErrorName(error))
}
