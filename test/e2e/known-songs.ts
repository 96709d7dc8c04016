import type { Playback } from '../../contract/playback.ts'
import type { Song } from '../../contract/songs.ts'
import type { TestUser } from '../users.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import type { Visitor } from './browser.ts'
import { frameMs, median, type Frame } from './sound-recorder.ts'

type Owner = Pick<TestUser, 'token' | 'rest'>

const sweepFromHz = 300
const sweepHzPerS = 100

/** A song of one tone, as ffmpeg describes it. */
export const toneSong = (hz: number, seconds: number): string => `sine=frequency=${hz}:duration=${seconds}`

/** A song whose pitch tells where it is. */
export const sweepSong = (seconds: number): string =>
  `aevalsrc=0.4*sin(2*PI*(${sweepFromHz}*t+${sweepHzPerS / 2}*t*t)):d=${seconds}:s=48000`

/** Where such a song is in the middle of a frame, ms. */
export const sweepPositionMs = ({ hz }: Frame): number => ((hz - sweepFromHz) / sweepHzPerS) * 1000

/** When such a song would have begun for who hears this, ms since the epoch. */
export const heardStart = (frames: readonly Frame[]): number =>
  median(frames.map(frame => frame.at + frameMs / 2 - sweepPositionMs(frame)))

/** When what plays began by the room's clock, ms since the epoch. */
export const clockStart = ({ at, positionMs }: Playback): number => at - positionMs

/** Uploads these songs and makes them the show's playlist. */
export async function prepareSongs(
  url: string,
  owner: Owner,
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

/** The person a page is signed in as, for what is quicker without the page. */
export async function ownerAt(url: string, { page }: Visitor): Promise<Owner> {
  const token = await page.evaluate(() =>
    String(JSON.parse(localStorage.getItem('ambient:account') ?? '{}').accessToken)
  )
  return {
    token,
    async rest(method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) })
      })
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
      return await response.json()
    }
  }
}
