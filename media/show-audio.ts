import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities } from '../contract/media.ts'
import type { BitrateCap } from './bitrate-cap.ts'
import { createFirstPacket, type FirstPacket } from './first-packet.ts'
import type { MediaWorker } from './media-worker.ts'
import { Participant, type Stage } from './participant.ts'
import { ShowSong, type SongSettings } from './player/show-song.ts'
import { createSpeakingLevels, type Level } from './speaking.ts'
import { ShowRouters } from './show-routers.ts'
import { Voices } from './voices.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface ShowAudioEvents {
  /** Who is heard, about every 250 ms; empty once when all is quiet. */
  speaking: [levels: Level[]]
  /** An admitted producer closed by itself: its transport or its worker is gone. */
  producerLost: [userId: string, producerId: string]
  /** Sends more than it may; paused already. */
  overBitrate: [userId: string, producerId: string]
  /** These sessions lost everything and start again, on another worker. */
  reset: [sessionIds: string[], rtpCapabilities: RtpCapabilities, reason: string]
  /** Somebody who came while there was something to hear was sent the first packet, so long after they asked to come in. */
  heard: [waitedMs: number]
  /** Somebody who asked for what can be heard was sent nothing for long. */
  silence: []
}

/** A session that comes in; `askedAtMs`: when it asked to, by `performance.now()`. */
export interface Arrival {
  sessionId: string
  userId: string
  askedAtMs?: number
}

/** A session, and when it has its place. */
interface Joined {
  participant: Participant
  placed: Promise<void>
}

/** One show's audio: who is in it, on which router, and who can be heard. */
export class ShowAudio extends EventEmitter<ShowAudioEvents> {
  readonly showId: string
  /** What the show plays. */
  readonly song: ShowSong
  readonly #cap: BitrateCap
  readonly #showRouters: ShowRouters
  readonly #joined = new Map<string, Joined>()
  readonly #voices = new Voices()
  readonly #speaking = createSpeakingLevels(levels => this.emit('speaking', levels))

  private constructor(
    showId: string,
    pool: WorkerPool,
    cap: BitrateCap,
    listenersPerWorker: number,
    songs: SongSettings
  ) {
    super()
    this.showId = showId
    this.#cap = cap
    this.#showRouters = new ShowRouters({
      pool,
      listenersPerWorker,
      onLevels: (routerId, levels) => this.#speaking.report(routerId, levels)
    })
    this.song = new ShowSong({
      ...songs,
      voices: this.#voices,
      showRouter: () => this.#showRouters.first,
      openShowRouter: async () => await this.#showRouters.grow()
    })
  }

  /** Opens a show's first router, on the least loaded worker. */
  static async open(
    showId: string,
    pool: WorkerPool,
    cap: BitrateCap,
    listenersPerWorker: number,
    songs: SongSettings
  ): Promise<ShowAudio> {
    const audio = new ShowAudio(showId, pool, cap, listenersPerWorker, songs)
    while (!audio.#showRouters.roomiest()) await audio.#showRouters.grow()
    return audio
  }

  /** What clients can send and receive here; the same on every router. */
  get rtpCapabilities(): RtpCapabilities {
    return this.#showRouters.rtpCapabilities
  }

  /** Gives a session its place; again for the same session: the same. Throws SHOW_ENDED, NOT_IN_SHOW when it left meanwhile. */
  async join({ sessionId, userId, askedAtMs }: Arrival): Promise<Participant> {
    const joined =
      this.#joined.get(sessionId) ??
      this.#admitSession(new Participant(sessionId, userId, this.#stage, this.#firstPacket(askedAtMs)))
    await joined.placed
    return joined.participant
  }

  /** The session's part of the audio. */
  participant(sessionId: string): Participant | undefined {
    return this.#joined.get(sessionId)?.participant
  }

  /** Closes everything of a session. */
  leave(sessionId: string): void {
    const participant = this.participant(sessionId)
    if (!participant) return
    this.#joined.delete(sessionId)
    this.#vacate(participant)
  }

  /** Closes everything; may be called again. */
  close(): void {
    this.song.close()
    for (const sessionId of [...this.#joined.keys()]) this.leave(sessionId)
    this.#showRouters.close()
    this.#speaking.close()
  }

  /** A worker died: who was there is placed anew and told. mediasoup has closed its routers already. */
  async workerDied(dead: MediaWorker): Promise<void> {
    for (const router of this.#showRouters.forget(dead)) this.#speaking.forget(router.id)
    const stranded = [...this.#joined.values()]
      .map(({ participant }) => participant)
      .filter(({ showRouter }) => showRouter?.mediaWorker === dead)
    for (const participant of stranded) this.#vacate(participant)
    const moves = await Promise.allSettled(stranded.map(async participant => await this.#place(participant)))
    await this.song.restore()
    const moved = stranded.filter((_, index) => moves[index]?.status === 'fulfilled')
    if (moved.length > 0) {
      this.emit(
        'reset',
        moved.map(({ sessionId }) => sessionId),
        this.rtpCapabilities,
        'worker died'
      )
    }
  }

  /** How many producers can be heard, muted or not. */
  get voiceCount(): number {
    return this.#voices.size
  }

  /** The routers of this show, for whoever counts objects. */
  get routers(): types.Router[] {
    return this.#showRouters.routers
  }

  readonly #stage: Stage = {
    voices: this.#voices,
    admit: (producer, participant) => this.#admitVoice(producer, participant),
    lost: (producerId, { userId }) => {
      this.emit('producerLost', userId, producerId)
    }
  }

  /** Where there is nothing to hear yet, waiting says nothing about us. */
  #firstPacket(askedAtMs: number | undefined): FirstPacket | null {
    if (askedAtMs === undefined || !this.#voices.sounds) return null
    return createFirstPacket({
      askedAtMs,
      onHeard: waitedMs => this.emit('heard', waitedMs),
      onSilence: () => this.emit('silence')
    })
  }

  #admitSession(participant: Participant): Joined {
    const { sessionId } = participant
    const joined = { participant, placed: Promise.resolve() }
    this.#joined.set(sessionId, joined)
    joined.placed = this.#place(participant).catch((error: unknown) => {
      if (this.#joined.get(sessionId) === joined) this.#joined.delete(sessionId)
      throw error
    })
    return joined
  }

  /** Awaits nothing between choosing a router and taking a place on it, so two never take the same last place. */
  async #place(participant: Participant): Promise<void> {
    let showRouter = this.#showRouters.roomiest()
    while (!showRouter) {
      await this.#showRouters.grow()
      showRouter = this.#showRouters.roomiest()
    }
    if (this.participant(participant.sessionId) !== participant) {
      throw new CodedError('NOT_IN_SHOW', 'The session left meanwhile.')
    }
    participant.moveTo(showRouter)
    showRouter.mediaWorker.sessions++
  }

  #vacate(participant: Participant): void {
    if (participant.showRouter) participant.showRouter.mediaWorker.sessions--
    participant.close()
  }

  #admitVoice(producer: types.Producer, { userId, showRouter }: Participant): void {
    if (!showRouter) return
    this.#voices.add(producer, userId, showRouter)
    // It fails only when the router is gone, and then so is the producer.
    showRouter.levels.addProducer({ producerId: producer.id }).catch(() => {})
    this.#cap.watch(producer, () => {
      this.#voices.setPaused(producer, true).catch(() => {})
      this.emit('overBitrate', userId, producer.id)
    })
  }
}
