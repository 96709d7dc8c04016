import type { MicrophoneProblem, SpeakingObstacle } from '../../../client/index.ts'

const blocked = 'Your microphone is blocked. Open the site settings next to the address, allow it, and try again.'
const notConnected = 'That microphone isn’t connected. Plug it in, or choose another one.'
const busy = 'Another app is using the microphone. Close it, or choose another microphone.'
const noAccess = 'This browser can’t open microphones. Open the show in a current Chrome, Edge, Firefox or Safari.'

/** The user's remedies when a microphone does not open, by the name of the browser's error. */
const adviceByError: Readonly<Record<string, string>> = {
  NotAllowedError: blocked,
  NotFoundError: notConnected,
  OverconstrainedError: notConnected,
  NotReadableError: busy
}

/** The user's remedies before they can speak. */
export const obstacleTexts: Readonly<Record<SpeakingObstacle, string>> = {
  insecurePage: 'Browsers only allow the microphone on https pages. To speak, open the show at its https address.',
  noWebRtc:
    'This browser can’t send your voice: its WebRTC is missing or switched off. Switch it on, or use another browser.',
  unknownBrowser:
    'This browser can’t send your voice. To speak, open the show in a current Chrome, Edge, Firefox or Safari.',
  noMicrophoneAccess: noAccess,
  blocked: 'Your microphone is blocked. To speak, open the site settings next to the address and allow it.',
  noMicrophone: 'No microphone is connected. To speak, plug one in or turn it on.'
}

/** The reasons why nobody hears the user, in one sentence each. */
export const problemTexts: Readonly<Record<MicrophoneProblem, string>> = {
  off: 'You’re on stage, but your microphone is off.',
  ended: 'Your microphone stopped. It was unplugged, or another app took it.',
  silenced: 'Your device keeps your microphone silent, as during a call.',
  blocked: 'Your browser blocks the microphone. Allow it in the site settings next to the address.',
  missing: 'The microphone you used isn’t connected.',
  busy: 'Another app is using your microphone.',
  unsent: 'Your voice can’t be sent right now.'
}

/** Returns the error to show for a microphone that does not open. Errors of others stay as they are. */
export function microphoneError(error: unknown): unknown {
  if (error instanceof DOMException) {
    return new Error(adviceByError[error.name] ?? 'Can’t open the microphone. Check the sound settings of this device.')
  }
  return navigator.mediaDevices ? error : new Error(noAccess)
}
