import { detectDevice } from 'mediasoup-client'
import type { JoinOptions } from './join-show.ts'
import { findMicrophonePermission } from './microphones.ts'

/**
 * A reason why this page cannot send the user's voice: it is not served over HTTPS, the browser has no WebRTC or is not
 * known, pages cannot open microphones in it, the user has blocked them, or none is connected.
 */
export type SpeakingObstacle =
  'insecurePage' | 'noWebRtc' | 'unknownBrowser' | 'noMicrophoneAccess' | 'blocked' | 'noMicrophone'

/**
 * Finds out, without asking the user anything, whether this page can send a voice. Call it before the user requests to
 * speak, and again when `watchMicrophones` calls back. An app that passes a `handlerFactory` to `createAmbient` or
 * `joinShow` passes it here too: it brings its own WebRTC.
 */
export async function findSpeakingObstacle({ handlerFactory }: Pick<JoinOptions, 'handlerFactory'> = {}): Promise<
  SpeakingObstacle | undefined
> {
  // Platforms without pages, such as React Native, do not have the property.
  if (globalThis.isSecureContext === false) return 'insecurePage'
  const browserObstacle = handlerFactory ? undefined : findWebRtcObstacle()
  if (browserObstacle) return browserObstacle
  const { mediaDevices } = navigator
  if (!mediaDevices?.getUserMedia) return 'noMicrophoneAccess'
  if ((await findMicrophonePermission()) === 'denied') return 'blocked'
  return (await hasMicrophone(mediaDevices)) ? undefined : 'noMicrophone'
}

function findWebRtcObstacle(): SpeakingObstacle | undefined {
  if (!('RTCPeerConnection' in globalThis)) return 'noWebRtc'
  return detectDevice() === undefined ? 'unknownBrowser' : undefined
}

/** Whether a microphone is connected. True when the browser does not tell. */
async function hasMicrophone(mediaDevices: MediaDevices): Promise<boolean> {
  try {
    return (await mediaDevices.enumerateDevices()).some(({ kind }) => kind === 'audioinput')
  } catch {
    return true
  }
}
