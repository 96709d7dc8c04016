/*
 * npm run check:real-show
 *
 * Holds a real show: a server process, two speakers whose RTP comes from clocks of ±50 ppm, one of whom leaves the
 * stage and comes back each minute, a song that may be replayed and one that may not. Finds each tone and song of the
 * replay within 50 ms of its place, and the two speakers within 20 ms of each other all the time. MINUTES (10) sets the
 * length of the show.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import type { Playback } from '../../contract/playback.ts'
import type { Playlist } from '../../contract/playlist.ts'
import type { Replay } from '../../contract/replays.ts'
import { openSpeakerPeer, playPackets, type SpeakerPeer } from '../audio-peers.ts'
import { decodeSound, tonesIn } from '../goertzel.ts'
import { tonePackets } from '../media/recording/synthetic-voice.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { startServer } from '../server-process.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { goLive, grantFloor, joinShow, type TestUser } from '../users.ts'

const minutes = Number(process.env.MINUTES ?? 10)
const [toleranceMs, maxDriftMs] = [50, 20]
const [songFrequency, absentFrequency] = [5000, 6000]
const [roundMs, packetsOfRound, toneMs] = [60_000, 3000, 600]
/** The plan of each minute, in seconds from its beginning. */
const [leavesAt, songAt, absentAt, returnsAt, songSeconds] = [20, 22, 32, 43, 8]
const speakers = [
  { name: 'the host', frequency: 800, driftPpm: 50, tonesAt: [2, 6, 10, 14, 48, 52] },
  { name: 'the guest', frequency: 1300, driftPpm: -50, tonesAt: [4, 8, 12, 16, 50, 54] }
] as const
type Speaker = (typeof speakers)[number]

/** A sound and the server times at which it begins and ends. */
type Wanted = readonly [number, number]

t.setTimeout(minutes * 60_000 + 300_000)
t.teardown(closeRtcPeers)
const server = await startServer()
t.teardown(async () => await server.close())

/** Uploads a song of one tone. */
async function uploadSong(owner: TestUser, frequency: number, mayReplay: boolean): Promise<string> {
  const bytes = await makeFile('tone.flac', [], `sine=frequency=${frequency}:duration=20`)
  const { id } = await settled(owner, (await uploaded(server.url, owner, bytes, 'tone.flac')).id)
  await owner.rest('PATCH', `/v1/songs/${id}`, { mayReplay })
  return id
}

/** Speaks for all minutes, by the clock of the speaker's sound card. Returns when the tones were spoken. */
async function speak(voice: SpeakerPeer, { frequency, driftPpm, tonesAt }: Speaker): Promise<Wanted[]> {
  const volume = tonesAt.map(at => `between(t,${at},${at + toneMs / 1000})*0.5`).join('+')
  const round = (await tonePackets(frequency, roundMs / 1000, volume)).slice(0, packetsOfRound)
  const packets = Array.from({ length: minutes }, () => round).flat()
  const { startedAtMs } = playPackets(voice.peer, packets, driftPpm)
  const spokenAt = (soundMs: number) => startedAtMs + soundMs / (1 + driftPpm / 1e6)
  return Array.from({ length: minutes }, (_, minute) =>
    tonesAt.map((at): Wanted => {
      const soundMs = minute * roundMs + at * 1000
      return [spokenAt(soundMs), spokenAt(soundMs + toneMs)]
    })
  ).flat()
}

/** Waits until the replay is mixed. */
async function mixedReplay(creator: TestUser, showId: string): Promise<Replay> {
  for (;;) {
    const { url } = server
    const headers = { authorization: `Bearer ${creator.token}` }
    const response = await fetch(`${url}/v1/shows/${showId}/replay`, { headers })
    if (response.status !== 404) {
      if (!response.ok) throw new Error(`the replay is answered with ${response.status}`)
      const replay: Replay = await response.json()
      if (replay.status !== 'processing') return replay
    }
    await delay(500)
  }
}

/** Returns the place of a server time in the replay, or NaN when it was left out. */
function placeOf({ stretches }: Replay, at: number): number {
  const stretch = stretches.find(({ showAt, durationMs }) => at >= showAt && at <= showAt + durationMs)
  return stretch ? stretch.atMs + at - stretch.showAt : NaN
}

const range = (values: readonly number[]) =>
  `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)} ms (${values.length})`

t.test(`the replay of a real show of ${minutes} minutes`, async t => {
  const { client: host, creator, showId } = await goLive(server.url, 'A real show', { record: true })
  const { client: guest } = await joinShow(server.url, showId)
  const songIds = [await uploadSong(creator, songFrequency, true), await uploadSong(creator, absentFrequency, false)]
  const { items } = await creator.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, {
    version: 0,
    items: songIds.map(songId => ({ kind: 'song', songId }))
  })
  await grantFloor(host, guest)
  const [hostVoice, guestVoice] = [await openSpeakerPeer(host), await openSpeakerPeer(guest)]
  await hostVoice.produce()
  await guestVoice.produce()
  const spoken = await Promise.all([speak(hostVoice, speakers[0]), speak(guestVoice, speakers[1])])
  const fromMs = Date.now()

  const played: Wanted[] = []
  for (let minute = 0; minute < minutes; minute++) {
    const reach = async (second: number) => await delay(fromMs + minute * roundMs + second * 1000 - Date.now())
    const startOf = ({ at, positionMs }: Playback) => at - positionMs
    await reach(leavesAt)
    await guest.request('speak:stepDown', {})
    await reach(songAt)
    const { playback: song } = await host.request('playback:play', { itemId: items[0]!.id })
    await reach(songAt + songSeconds)
    const { playback: stopped } = await host.request('playback:stop', {})
    played.push([startOf(song), stopped.at])
    await reach(absentAt)
    await host.request('playback:play', { itemId: items[1]!.id })
    await reach(absentAt + songSeconds)
    await host.request('playback:stop', {})
    await reach(returnsAt)
    await grantFloor(host, guest)
    await guestVoice.produce()
    await reach(roundMs / 1000)
  }
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  const endedAtMs = Date.now()
  const replay = await mixedReplay(creator, showId)
  t.comment(`mixed ${((Date.now() - endedAtMs) / 1000).toFixed(1)} s after the end`)
  t.equal(replay.status, 'ready')
  for (const isPlayed of [true, false]) {
    const { length } = replay.items.filter(({ played }) => played === isPlayed)
    t.equal(length, minutes, `${length} songs are ${isPlayed ? 'heard' : 'cards'}`)
  }

  const response = await fetch(server.url + (replay.audio[0]?.url ?? ''))
  const file = join(t.testdir({}), 'audio')
  await writeFile(file, Buffer.from(await response.arrayBuffer()))
  const sound = await decodeSound(file)
  /** Compares the tones found with those wanted. Returns how far the beginnings are off, ms. */
  const check = (name: string, frequency: number, wanted: readonly Wanted[]): number[] => {
    const found = tonesIn(sound, frequency)
    t.equal(found.length, wanted.length, `${name}: ${found.length} of ${wanted.length} sounds are heard`)
    const offOf = (edge: 0 | 1) => wanted.map((times, n) => (found[n]?.[edge] ?? NaN) - placeOf(replay, times[edge]))
    for (const [edge, label] of [
      [0, 'begin'],
      [1, 'end']
    ] as const) {
      const isNear = offOf(edge).every(off => Math.abs(off) <= toleranceMs)
      t.ok(isNear, `${name}: sounds ${label} off by ${range(offOf(edge))}; at most ${toleranceMs} ms`)
    }
    return offOf(0)
  }
  const [hostOff = [], guestOff = []] = speakers.map(({ name, frequency }, n) =>
    check(name, frequency, spoken[n] ?? [])
  )
  check('the song', songFrequency, played)
  t.same(tonesIn(sound, absentFrequency), [], 'the song without the right is not heard')
  const apart = hostOff.map((off, n) => off - (guestOff[n] ?? NaN))
  const driftMs = Math.max(...apart) - Math.min(...apart)
  t.ok(driftMs <= maxDriftMs, `the speakers drift by ${driftMs.toFixed(1)} ms; at most ${maxDriftMs} ms`)
})
