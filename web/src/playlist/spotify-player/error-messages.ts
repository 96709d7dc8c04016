import type { PlayerErrorReason } from './player-device.ts'

/** The message for the user, by reason. */
export const errorMessages: Readonly<Record<PlayerErrorReason, string>> = {
  notLoaded: 'Couldn’t load Spotify’s player. Something in this browser may be blocking it.',
  browser: 'This browser can’t play Spotify because it has no protected playback. Try another browser.',
  link: 'Spotify needs your permission to play here. Link your account with its player.',
  premium: 'Spotify’s player needs a Premium account.',
  track: 'Spotify can’t play this track here. The next one may work.',
  tap: 'Your browser needs a tap before it can play.',
  gone: 'Spotify’s player lost its connection.',
  busy: 'That was a lot at once for Spotify. Wait a moment.',
  unknown: 'Spotify’s player isn’t working as it should.'
}
