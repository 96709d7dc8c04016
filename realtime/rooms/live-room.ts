import type { FastifyBaseLogger } from 'fastify'
import PQueue from 'p-queue'
import type { Playback } from '../../contract/playback.ts'
import type { SpeakingLevel } from '../../contract/speaking.ts'
import type { Span } from '../../plugins/external/tracing/spans.ts'
import { createMediaEffects } from '../audio/media-effects.ts'
import type { OpenedJingle } from '../audio/jingle-playback.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import type { OpenedPlayback } from '../audio/song-playback.ts'
import { changesPlayback, type Actor, type Command, type PresentMember, type SystemCommand } from '../room/commands.ts'
import { decide, isRefusal } from '../room/decide.ts'
import type { ServerRoomEvent } from '../room/events.ts'
import { refused } from './refused.ts'
import { RoomMoved, type Room } from './room.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import { createEventApplier, type EventApplierHost, type EventApplierParts, type Outcome } from './event-applier.ts'
import { createSongTurns, otherSong } from './song-turns.ts'

/** The home of a live show. Its commands run here one at a time, and their effects are carried out from here. */
export interface LiveRoom extends Room {
  /** Place of the last record in the log, which may not be stored yet. */
  readonly seq: number
  /** Writes that are not stored yet. */
  readonly pendingWrites: number
  /** Like that of any room. `cause`: the id of the command, when another node forwarded it. */
  command(actor: Actor, command: Command, onCommitted?: (state: ServerRoomState) => void, cause?: string): Promise<void>
  /**
   * Unless this node is surely the home, asks the log, as before a command. Throws UNAVAILABLE, and RoomMoved when
   * another node has taken the show: its members are asked to connect again.
   */
  confirmHome(): Promise<void>
  /** Whether a forwarded command was carried out by the home before this one. */
  wasCarriedOut(cause: string): boolean
  /** Closes the producers that a restored room did not take over: their people have no floor with them any more. */
  closeUnknownProducers(present: readonly PresentMember[]): Promise<void>
  /** Resolves when everything that has happened so far is stored. Throws UNAVAILABLE. */
  stored(): Promise<void>
  /** Gives the room up without an end of the show: another server may have it. Members are asked to connect again. */
  abandon(): void
  /**
   * Hands the room over: refuses further commands with RoomMoved, and waits for the running turn and the store. Members
   * and audio stay.
   */
  retire(): Promise<void>
  /** Stops the clocks and waits for the running turn and the store. The show continues elsewhere or later. */
  close(): Promise<void>
}

/** Parts of a live room. */
export interface LiveRoomParts extends Omit<EventApplierParts, keyof EventApplierHost> {
  audio: RoomAudio
  /**
   * Called in the turn of every command before it is decided. Undefined while this node is surely the home; otherwise
   * resolves when it still is, and throws LogConflict or UNAVAILABLE. `seq`: the place of the last record.
   */
  assertHome(seq: number): Promise<void> | undefined
  /** Levels of all speakers, for the members on this node. */
  onSpeaking(levels: SpeakingLevel[]): void
  /** Levels of the speakers on this node, for the others. */
  onOwnSpeaking(levels: SpeakingLevel[]): void
  /** Ids of forwarded commands that the home before this one carried out. */
  earlierCauses: ReadonlySet<string>
  /** The room was closed, and its events are stored. Its owner waits for this. */
  onClosed?(): Promise<void>
  logger: FastifyBaseLogger
  span?: Span | undefined
}

export function createLiveRoom(parts: LiveRoomParts): LiveRoom {
  const { audio, delivery, writes, logger, nowMs, span = runUntraced } = parts
  const { showId } = parts.state.room
  const turns = new PQueue({ concurrency: 1 })
  let isAbandoned = false
  const media = createMediaEffects({ audio, state: () => applier.state, logger })
  const songTurns = createSongTurns(media)
  const applier = createEventApplier({
    ...parts,
    onGraceOver: async userId => await systemCommand({ type: 'server:graceOver', userId }),
    onItemEnded: async (itemId, at) => await systemCommand({ type: 'server:itemEnded', itemId, at }),
    onJingleOver: async startedAt => await systemCommand({ type: 'server:jingleOver', startedAt }),
    onPollEnded: async pollId => await systemCommand({ type: 'server:pollEnded', pollId }),
    onVoted: async () => await systemCommand({ type: 'server:countVotes' }),
    onUpNextChanged: () => media.prepareNext()
  })

  function decided(actor: Actor, command: Command, now: number): readonly ServerRoomEvent[] {
    if (isAbandoned) throw new RoomMoved()
    const decision = decide(applier.state, actor, command, now)
    if (isRefusal(decision)) throw refused(decision)
    return decision
  }

  async function command(
    actor: Actor,
    command: Command,
    onCommitted?: (state: ServerRoomState) => void,
    cause?: string
  ): Promise<void> {
    if (command.type === 'jingle:play') decided(actor, command, nowMs())
    const jingle = command.type === 'jingle:play' ? await media.openJingle(command.songId) : null
    const run = async (opened: OpenedPlayback | null) =>
      await turns.add(
        async () =>
          await span(
            `room ${command.type}`,
            { 'ambient.show_id': showId },
            async () => await carryOut(actor, command, { playback: opened, jingle }, onCommitted, cause)
          )
      )
    try {
      const outcome = changesPlayback(command)
        ? await songTurns.run(actor, () => expectedPlayback(actor, command), run)
        : await run(null)
      if (outcome === 'stored') await writes.stored()
    } finally {
      if (jingle) audio.jingles.discard(jingle)
    }
  }

  /** The playback a command would start now; undefined when it starts none, or is refused. */
  function expectedPlayback(actor: Actor, command: Command): Playback | undefined {
    const decision = decide(applier.state, actor, command, nowMs())
    return isRefusal(decision) ? undefined : playbackIn(decision)
  }

  async function carryOut(
    actor: Actor,
    command: Command,
    opened: { playback: OpenedPlayback | null; jingle: OpenedJingle | null },
    onCommitted?: (state: ServerRoomState) => void,
    cause?: string
  ): Promise<Outcome | typeof otherSong> {
    if (actor.kind !== 'system') writes.assertAccepting()
    const asserting = parts.assertHome(applier.seq)
    if (asserting) await asserting
    const now = nowMs()
    const decision = decided(actor, command, now)
    const playback = playbackIn(decision)
    if (changesPlayback(command) && playback && !media.fits(playback, opened.playback)) return otherSong
    const events: ServerRoomEvent[] = []
    for (const event of decision) {
      if (event.type === 'playback:changed') {
        events.push({ ...event, playback: await media.play(event.playback, opened.playback) })
      } else if (event.type === 'jingle:changed' && event.jingle && opened.jingle) {
        events.push({ ...event, jingle: await audio.jingles.play(event.jingle, opened.jingle) })
      } else events.push(event)
    }
    for (const event of events) await media.prepare(event)
    if (isAbandoned) throw new RoomMoved()
    const outcome = applier.apply(events, now, cause)
    onCommitted?.(applier.state)
    return outcome
  }

  /** Runs a command of the system. No caller waits for its answer, so a failure is logged here. */
  async function systemCommand(systemCommand: SystemCommand): Promise<void> {
    try {
      await command({ kind: 'system' }, systemCommand)
    } catch (error) {
      if (!isAbandoned) logger.error({ err: error, command: systemCommand.type }, 'system command failed')
    }
  }

  audio.listen({
    onSpeaking: levels => parts.onSpeaking(levels),
    onOwnSpeaking: levels => parts.onOwnSpeaking(levels),
    onProducerLost: async (userId, producerId) =>
      await systemCommand({ type: 'server:producerLost', userId, producerId }),
    onVoiceHeard: async (userId, producerId) => await systemCommand({ type: 'server:voiceHeard', userId, producerId }),
    onOverBitrate: async (userId, producerId) =>
      await systemCommand({ type: 'server:overBitrate', userId, producerId }),
    onSongMoved: async producerId => await systemCommand({ type: 'server:songMoved', producerId }),
    onJingleMoved: async producerId => await systemCommand({ type: 'server:jingleMoved', producerId }),
    onTransportFailed: (presenceId, failure) => delivery.toPresence(presenceId, 'media:transportFailed', failure),
    onReset: (presenceIds, routerRtpCapabilities, reason) =>
      delivery.toPresences(showId, presenceIds, 'media:reset', { routerRtpCapabilities, reason })
  })

  // A restored room may be in the middle of a song.
  if (parts.state.room.playback.item?.kind === 'song') continuePlaying()

  /** Plays on after a restart. The song has a new producer. */
  async function continuePlaying(): Promise<void> {
    const system = { kind: 'system' } as const
    const { playback } = applier.state.room
    const play = async (opened: OpenedPlayback | null) =>
      await turns.add(async () =>
        applier.state.room.playback === playback ? await media.play(playback, opened) : applier.state.room.playback
      )
    const { producerId } = await songTurns.run(system, () => playback, play)
    media.prepareNext()
    if (producerId !== null) await systemCommand({ type: 'server:songMoved', producerId })
  }

  async function close(): Promise<void> {
    applier.stopClocks()
    await turns.onIdle()
    await writes.close()
    await parts.onClosed?.()
  }

  return {
    showId,
    get state() {
      return applier.state
    },
    get seq() {
      return applier.seq
    },
    get pendingWrites() {
      return writes.pending
    },
    check: (actor, command) => {
      decided(actor, command, nowMs())
    },
    command,
    async confirmHome() {
      await turns.add(async () => {
        if (!isAbandoned) await parts.assertHome(applier.seq)
      })
    },
    async closeUnknownProducers(present) {
      const onStage = new Set(applier.state.room.stage.map(({ producerId }) => producerId))
      const unknown = present.filter(({ producerId }) => producerId !== null && !onStage.has(producerId))
      await Promise.all(unknown.map(async ({ presenceId }) => await audio.closeProducer(presenceId)))
    },
    wasCarriedOut: cause => parts.earlierCauses.has(cause),
    stored: async () => await writes.stored(),
    abandon() {
      if (isAbandoned) return
      isAbandoned = true
      applier.stopClocks()
      delivery.drainShow(showId)
      audio.close().catch((error: unknown) => logger.error({ err: error }, 'audio of an abandoned show did not close'))
    },
    async retire() {
      isAbandoned = true
      audio.jingles.stop()
      await close()
    },
    close
  }
}

function playbackIn(events: readonly ServerRoomEvent[]): Playback | undefined {
  return events.find(event => event.type === 'playback:changed')?.playback
}

const runUntraced: Span = async (_name, _facts, task) => await task()
