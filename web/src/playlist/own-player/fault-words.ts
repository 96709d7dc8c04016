import type { DeviceFaultReason } from './device.ts'

/** What somebody is told, by reason. */
export const faultWords: Readonly<Record<DeviceFaultReason, string>> = {
  notLoaded: 'Spotify’s player could not be loaded. Something in this browser may block it.',
  browser: 'This browser can’t play Spotify: it has no protected playback. Another browser may.',
  link: 'Spotify needs your leave to play here. Link your account with its player.',
  premium: 'Spotify’s player needs a Premium account.',
  track: 'Spotify can’t play this track here. The next one may work.',
  tap: 'The browser waits for a tap before it plays.',
  gone: 'Spotify’s player lost its connection.',
  busy: 'That was a lot at once for Spotify. Wait a little.',
  unknown: 'Spotify’s player does not do what it should.'
}
