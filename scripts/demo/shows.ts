import { setTimeout as sleep } from 'node:timers/promises'
import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import type { ShowRoom } from '../../client/index.ts'
import type { PlaylistEntry } from '../../contract/playlist.ts'
import { speakOnStage, type DemoPerson } from './cast.ts'

const songCheckMs = 500

/** Joins a show as its creator, who speaks: the one of the last run if it is still live, or a new one. */
export async function hostShow(person: DemoPerson, title: string, description: string): Promise<ShowRoom> {
  const { ambient, userId } = person
  const { items } = await ambient.shows.list({ creatorId: userId, status: 'live' })
  let show = items[0]
  if (show === undefined) {
    const settings = { atEnd: 'repeat', ducking: { on: true, levelDb: -18 } } as const
    show = await ambient.shows.create({ title, description, settings })
    await ambient.shows.start(show.id)
  }
  const room = ambient.joinShow(show.id)
  speakOnStage(person, room)
  return room
}

/**
 * Resolves when a room is joined.
 * @throws Error when the room closes
 */
export async function joined(room: Pick<ShowRoom, 'view' | 'subscribe'>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  function check(): void {
    const { connection, closed, room: state } = room.view
    if (connection === 'closed') reject(new Error(`the room is closed: ${closed?.reason}`))
    else if (connection === 'live' && state !== null) resolve()
  }
  const unsubscribe = room.subscribe(check)
  try {
    check()
    await promise
  } finally {
    unsubscribe()
  }
}

/** Brings a person on the stage of a show whose host invites them. */
export async function bringOnStage(host: ShowRoom, guest: DemoPerson): Promise<void> {
  const room = guest.ambient.joinShow(host.showId)
  speakOnStage(guest, room)
  await Promise.all([joined(host), joined(room)])
  const isOnStage = () => room.view.room?.stage.some(({ userId }) => userId === guest.userId) === true
  if (isOnStage()) return
  await host.invite(guest.userId)
  await room.answerInvitation(true)
}

/**
 * Uploads the songs that the person does not have yet, adds each to the playlist of the show when it is ready, and
 * plays the first. `onUploaded` is called when the server has all of them, and processes them in order.
 */
export async function playSongs(
  { ambient }: DemoPerson,
  room: ShowRoom,
  files: AsyncIterable<string>,
  onUploaded: () => void = () => {}
): Promise<void> {
  const { items: known } = await ambient.songs.list({})
  let playing = Promise.resolve()
  for await (const file of files) {
    const title = basename(file, '.wav')
    const { id } =
      known.find(song => song.title === title && song.status !== 'failed') ??
      (await ambient.songs.upload(await openAsBlob(file), { name: basename(file) }))
    playing = playing.then(async () => await addSong(ambient, room, { title, songId: id }))
    // An error is thrown below.
    playing.catch(() => {})
  }
  onUploaded()
  await playing
}

/** Adds a song to the playlist when it is processed, and plays it if nothing plays. */
async function addSong(
  ambient: DemoPerson['ambient'],
  room: ShowRoom,
  { title, songId }: { title: string; songId: string }
): Promise<void> {
  if ((await processed(ambient, songId)) === 'failed') {
    process.stderr.write(`The demo goes on without a song: ${title} could not be processed.\n`)
    return
  }
  const { version, items } = await ambient.playlists.get(room.showId)
  if (!items.some(item => item.songId === songId)) {
    await ambient.playlists.put(room.showId, { version, items: [...items, { kind: 'song', songId }].map(toEntry) })
  }
  await joined(room)
  if (room.view.room?.playback.status !== 'playing') await room.play()
}

/** Waits until a song is processed. Returns its status. */
async function processed({ songs }: DemoPerson['ambient'], songId: string): Promise<'ready' | 'failed'> {
  for (;;) {
    const { status } = await songs.get(songId)
    if (status === 'ready' || status === 'failed') return status
    await sleep(songCheckMs)
  }
}

function toEntry({ id, songId = '' }: { id?: string; songId?: string }): PlaylistEntry {
  return { kind: 'song', songId, ...(id !== undefined && { id }) }
}
