import type { ReplayAudio } from '../../../client/index.ts'

const types = { opus: 'audio/ogg; codecs=opus', mp3: 'audio/mpeg' } as const

/** Returns the addresses of the files that an audio element can play, in their order. */
export function playableUrls(
  audio: Pick<HTMLAudioElement, 'canPlayType'>,
  files: readonly ReplayAudio[]
): readonly string[] {
  return files.filter(({ format }) => audio.canPlayType(types[format]) !== '').map(({ url }) => url)
}
