import type { Playback } from '../../contract/playback.ts'
import type { Song } from '../../contract/songs.ts'
import { call, type TestUser } from '../users.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import type { Visitor } from './browser.ts'
import { frameMs, median, type Frame } from './sound-recorder.ts'

/** A person who calls the API. */
type ApiClient = Pick<TestUser, 'token' | 'rest'>

const sweepFromHz = 300
const sweepHzPerS = 100

/** Returns an ffmpeg source of one tone. */
export const toneSong = (hz: number, seconds: number): string => `sine=frequency=${hz}:duration=${seconds}`

/** Returns an ffmpeg source whose pitch encodes the position in the song. */
export const sweepSong = (seconds: number): string =>
  `aevalsrc=0.4*sin(2*PI*(${sweepFromHz}*t+${sweepHzPerS / 2}*t*t)):d=${seconds}:s=48000`

/** Returns the position in a sweep song in the middle of a frame, ms. */
export const sweepPositionMs = ({ hz }: Frame): number => ((hz - sweepFromHz) / sweepHzPerS) * 1000

/** Returns when a sweep song started, as computed from the frames that a listener hears, ms since the epoch. */
export const heardStartMs = (frames: readonly Frame[]): number =>
  median(frames.map(frame => frame.at + frameMs / 2 - sweepPositionMs(frame)))

/** Returns when the playback started by the room's clock, ms since the epoch. */
export const clockStartMs = ({ at, positionMs }: Playback): number => at - positionMs

/** Uploads songs and saves them as the show's playlist. */
export async function prepareSongs(
  url: string,
  owner: ApiClient,
  showId: string,
  sources: readonly string[]
): Promise<Song[]> {
  const songs: Song[] = []
  for (const source of sources) {
    const { id } = await uploaded(url, owner, await makeFile('a.flac', [], source), `song ${songs.length + 1}.flac`)
    const song = await settled(owner, id)
    if (song.status !== 'ready') throw new Error(`the song is ${song.status}: ${song.reason}`)
    songs.push(song)
  }
  const { version } = await owner.rest<{ version: number }>('GET', `/v1/shows/${showId}/playlist`)
  await owner.rest('PUT', `/v1/shows/${showId}/playlist`, {
    version,
    items: songs.map(({ id }) => ({ kind: 'song', songId: id }))
  })
  return songs
}

/** Returns an API client for the person who is signed in on a page, for steps that need no page. */
export async function apiClientOf(url: string, { page }: Visitor): Promise<ApiClient> {
  const token = await page.evaluate(() =>
    String(JSON.parse(localStorage.getItem('ambient:account') ?? '{}').accessToken)
  )
  return { token, rest: async (method, path, body) => await call(url, method, path, body, token) }
}
