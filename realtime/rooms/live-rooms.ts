import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'
import type { Playlist } from '../../contract/playlist.ts'
import type { QueueEvent, RoomEvent } from '../../contract/room-events.ts'
import { maxSlowModeMs } from '../../contract/settings.ts'
import type { EndReason, ShowStatus } from '../../contract/shows.ts'
import type { Person } from '../../contract/users.ts'
import type { LiveShowActor, LiveShows } from '../../plugins/app/shows/live-shows.ts'
import type { Span } from '../../plugins/external/tracing/spans.ts'
import type { Crowd } from '../delivery/audience.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { createLiveRoom, type LiveRoom } from './live-room.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import { membersOf, placeOf } from './members.ts'
import { figuresOf, type RoomFigures } from './room-figures.ts'
import { createRoomJournal } from './room-journal.ts'
import { createRoomLog } from './room-log.ts'
import { countListeners, type House, type HouseLimits } from '../room/server-room-state.ts'
import { replay, type RoomRecord, type ShowFacts } from '../room/opening.ts'
import { createTurns } from './turns.ts'

/** A show as it is stored; its playlist is kept apart. */
type StoredShow = Omit<ShowFacts, 'playlist'>

/** What the rooms need of the shows that are stored. Every write may be repeated. */
export interface ShowRegister {
  findRecord(showId: string): Promise<(StoredShow & { status: ShowStatus }) | null>
  /** Shows that were live or interrupted when the server went down. */
  listLive(): Promise<StoredShow[]>
  markStatus(showId: string, status: 'live' | 'interrupted'): Promise<void>
  markEnded(showId: string, reason: EndReason, at: number): Promise<void>
  recordAudience(showId: string, crowd: Crowd): Promise<void>
  /** Everybody who has ever listened. */
  visitorIds(showId: string): Promise<Iterable<string>>
}

/** What the rooms need of the comments that are stored. */
export interface CommentRegister {
  /** Who commented in a show since then and when, ms since the epoch, the oldest first. */
  writtenSince(showId: string, sinceMs: number): AsyncIterable<{ authorId: string; atMs: number }>
}

/** Where the rooms' events are kept. */
export interface RoomHistory {
  append(showId: string, records: RoomRecord[]): Promise<void>
  read(showId: string): AsyncIterable<RoomRecord>
}

export interface LiveRoomsParts {
  shows: ShowRegister
  playlists: { load(showId: string): Promise<Playlist> }
  comments: CommentRegister
  history: RoomHistory
  openAudio(showId: string): Promise<RoomAudio>
  delivery: Delivery
  /** The last moment to tell the people in a show something. */
  beforeEnd(showId: string): void
  limits: HouseLimits
  logger: FastifyBaseLogger
  nowMs: () => number
  /** What follows the rooms' commands, where something does. */
  span?: Span
}

/** All shows that are live on this server. */
export interface LiveRooms extends Pick<
  LiveShows,
  'command' | 'standing' | 'placeOf' | 'isOnAir' | 'members' | 'forgetPerson'
> {
  /** Shows a person's new name and picture wherever they are live, and beside whatever they do from now on. */
  personChanged(person: Person): void
  find(showId: string): LiveRoom | undefined
  figures(): RoomFigures
  /** Brings back the shows that were live when the server went down. */
  restore(): Promise<void>
  close(): Promise<void>
}

export function createLiveRooms(parts: LiveRoomsParts): LiveRooms {
  const { shows, playlists, comments, history, limits, nowMs } = parts
  const rooms = new Map<string, LiveRoom>()
  const ends = createEnds()
  const inTurn = createTurns()

  async function open(show: StoredShow): Promise<LiveRoom> {
    const playlist = await playlists.load(show.id)
    const { house, seq } = await replay({ ...show, playlist }, history.read(show.id), limits, nowMs())
    if (seq > 0) await remember(house)
    const room = await build(house, seq)
    rooms.set(show.id, room)
    return room
  }

  /** A room that goes on knows who was there, and who has to wait with their next comment. */
  async function remember({ room: { showId }, visitorIds, commented }: House): Promise<void> {
    for (const userId of await shows.visitorIds(showId)) visitorIds.add(userId)
    for await (const { authorId, atMs } of comments.writtenSince(showId, nowMs() - maxSlowModeMs)) {
      commented.set(authorId, { atMs, beforeMs: null })
    }
  }

  async function build(house: House, seq: number): Promise<LiveRoom> {
    const { showId } = house.room
    const logger = parts.logger.child({ showId })
    const log = createRoomLog(logger)

    function onFact(event: RoomEvent | QueueEvent): void {
      if (event.type === 'show:resumed') log.write('status', async () => await shows.markStatus(showId, 'live'))
      if (event.type === 'show:interrupted') {
        log.write('status', async () => await shows.markStatus(showId, 'interrupted'))
      }
      if (event.type !== 'show:ended') return
      const end = { reason: event.reason, at: nowMs() }
      ends.note(showId, end)
      log.write('end', async () => await shows.markEnded(showId, end.reason, end.at))
      log.write('forget', async () => rooms.delete(showId))
    }

    return createLiveRoom({
      house,
      seq,
      audio: await parts.openAudio(showId),
      delivery: parts.delivery,
      beforeEnd: () => parts.beforeEnd(showId),
      log,
      journal: createRoomJournal(logger),
      logger,
      nowMs,
      ...(parts.span && { span: parts.span }),
      append: async records => await history.append(showId, records),
      onFact,
      onCrowd: crowd => log.write('audience', async () => await shows.recordAudience(showId, crowd))
    })
  }

  /**
   * Begins a show, or takes over what was edited. Both read the store, in turn, so that of many edits at once the last word in the
   * room is the last in the store.
   */
  async function takeOverStored(
    showId: string,
    actor: LiveShowActor,
    type: 'show:start' | 'show:edit' | 'playlist:edit'
  ): Promise<void> {
    if (type === 'playlist:edit') {
      return await demand(rooms.get(showId)).command(actor, { type, ...(await playlists.load(showId)) })
    }
    const show = await shows.findRecord(showId)
    if (!show) throw new CodedError('NOT_FOUND', 'There is no such show.')
    if (type === 'show:start') {
      const room = rooms.get(showId) ?? (await open(show))
      return await room.command(actor, { type })
    }
    const { title, description, settings } = show
    await demand(rooms.get(showId)).command(actor, { type, title, description, settings })
  }

  async function restoreShow(show: StoredShow): Promise<void> {
    const room = await open(show)
    const creator = { kind: 'user', userId: show.creator.id } as const
    if (room.house.room.status === 'scheduled') await room.command(creator, { type: 'show:start' })
    const { status } = room.house.room
    if (status === 'ended') return await forgetEnded(show)
    // Nobody is connected yet, whatever was counted before.
    await shows.recordAudience(show.id, { listenerCount: 0, peakListeners: 0, totalListeners: 0, newcomerIds: [] })
    await room.command({ kind: 'server' }, { type: 'server:restored' })
    // An edit is stored with the show before the room hears of it; one that fell between is caught up here.
    await room.command(creator, {
      type: 'show:edit',
      title: show.title,
      description: show.description,
      settings: show.settings
    })
    await room.command(creator, { type: 'playlist:edit', ...(await playlists.load(show.id)) })
  }

  /** The room had ended, but the show was not told before the server went down. */
  async function forgetEnded(show: StoredShow): Promise<void> {
    let end: { reason: EndReason; at: number } | undefined
    for await (const { event, at } of history.read(show.id)) {
      if (event.type === 'show:ended') end = { reason: event.reason, at }
    }
    if (end) await shows.markEnded(show.id, end.reason, end.at)
    await rooms.get(show.id)?.close()
    rooms.delete(show.id)
  }

  return {
    find: showId => rooms.get(showId),
    figures: () => figuresOf(rooms.values()),
    standing: showId => {
      const end = ends.find(showId)
      if (end) return { status: 'ended', listenerCount: 0, end }
      const house = rooms.get(showId)?.house
      return house && { status: house.room.status, listenerCount: countListeners(house), end: null }
    },
    placeOf: (showId, userId) => {
      const house = rooms.get(showId)?.house
      return house && placeOf(house, userId)
    },
    isOnAir: songId =>
      [...rooms.values()].some(
        ({
          house: {
            room: {
              playback: { status, item }
            }
          }
        }) => status !== 'stopped' && item?.songId === songId
      ),
    async members(showId, actor) {
      const room = demand(rooms.get(showId))
      room.check(actor, { type: 'people:list' })
      return membersOf(room.house)
    },
    async command(showId, actor, command) {
      if (command.type === 'show:start' || command.type === 'show:edit' || command.type === 'playlist:edit') {
        const { type } = command
        return await inTurn(showId, async () => await takeOverStored(showId, actor, type))
      }
      await demand(rooms.get(showId)).command(actor, command)
    },
    async forgetPerson(userId) {
      await Promise.all(
        [...rooms.values()].map(async room => await room.command({ kind: 'server' }, { type: 'server:erased', userId }))
      )
    },
    personChanged({ id: userId, displayName, avatarUrl }) {
      for (const { showId, command } of rooms.values()) {
        command({ kind: 'server' }, { type: 'server:renamed', userId, displayName, avatarUrl }).catch(
          (error: unknown) => parts.logger.error({ err: error, showId, userId }, 'a room was not told of a new name')
        )
      }
    },
    async restore() {
      for (const show of await shows.listLive()) await restoreShow(show)
    },
    async close() {
      await Promise.all([...rooms.values()].map(async room => await room.close()))
      rooms.clear()
    }
  }
}

/** So many ends are remembered. */
const rememberedEnds = 1000

/**
 * How the last shows ended. Remembered for longer than the store takes to learn it, since somebody may still be holding what they
 * read there before.
 */
function createEnds() {
  const ends = new Map<string, { reason: EndReason; at: number }>()

  return {
    find: (showId: string) => ends.get(showId),
    note(showId: string, end: { reason: EndReason; at: number }): void {
      ends.set(showId, end)
      const [oldest] = ends.keys()
      if (ends.size > rememberedEnds && oldest !== undefined) ends.delete(oldest)
    }
  }
}

function demand(room: LiveRoom | undefined): LiveRoom {
  if (!room) throw new CodedError('SHOW_NOT_LIVE', 'The show is not live.')
  return room
}
