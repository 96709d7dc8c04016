import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities } from '../contract/media.ts'
import type { BitrateCap } from './bitrate-cap.ts'
import { clientCapabilities } from './codecs.ts'
import type { MediaWorker } from './media-worker.ts'
import { Participant, type Stage } from './participant.ts'
import { createSpeakingLevels, type Level } from './speaking.ts'
import { openStation, type Station } from './station.ts'
import { createVoices } from './voices.ts'
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
}

/** One show's audio: routers on as many workers as its audience needs, and the sessions on them. */
export class ShowAudio extends EventEmitter<ShowAudioEvents> {
  readonly showId: string
  readonly #pool: WorkerPool
  readonly #cap: BitrateCap
  readonly #listenersPerWorker: number
  readonly #participants = new Map<string, Participant>()
  readonly #voices = createVoices()
  readonly #speaking = createSpeakingLevels(levels => this.emit('speaking', levels))
  readonly #stations: Station[] = []
  #growing: Promise<Station> | null = null
  #closed = false
  #rtpCapabilities: RtpCapabilities = {}

  private constructor (showId: string, pool: WorkerPool, cap: BitrateCap, listenersPerWorker: number) {
    super()
    this.showId = showId
    this.#pool = pool
    this.#cap = cap
    this.#listenersPerWorker = listenersPerWorker
  }

  /** Opens a show's first router, on the least loaded worker. */
  static async open (showId: string, pool: WorkerPool, cap: BitrateCap, listenersPerWorker: number): Promise<ShowAudio> {
    const audio = new ShowAudio(showId, pool, cap, listenersPerWorker)
    await audio.#grow(await pool.next())
    return audio
  }

  /** What clients can send and receive here; the same on every router. */
  get rtpCapabilities (): RtpCapabilities { return this.#rtpCapabilities }

  /** Gives a session its place; again for the same session: the same. */
  async join ({ sessionId, userId }: { sessionId: string, userId: string }): Promise<Participant> {
    const already = this.#participants.get(sessionId)
    if (already) return already
    const station = await this.#roomiest()
    if (this.#closed) throw new CodedError('SHOW_ENDED', 'The show has ended.')
    const participant = this.#participants.get(sessionId) ?? new Participant(sessionId, userId, station, this.#stage)
    if (!this.#participants.has(sessionId)) this.#settle(station, 1)
    this.#participants.set(sessionId, participant)
    return participant
  }

  /** The session's part of the audio. */
  participant (sessionId: string): Participant | undefined {
    return this.#participants.get(sessionId)
  }

  /** Closes everything of a session. */
  leave (sessionId: string): void {
    const participant = this.#participants.get(sessionId)
    if (!participant) return
    this.#participants.delete(sessionId)
    if (participant.station) this.#settle(participant.station, -1)
    participant.close()
  }

  /** Closes everything; may be called again. */
  close (): void {
    if (this.#closed) return
    this.#closed = true
    for (const sessionId of [...this.#participants.keys()]) this.leave(sessionId)
    for (const { router } of this.#stations) router.close()
    this.#stations.length = 0
    this.#speaking.close()
  }

  /** A worker died: who was there is placed anew and told. mediasoup has closed its routers already. */
  async workerDied (dead: MediaWorker): Promise<void> {
    const lost = this.#stations.filter(({ mediaWorker }) => mediaWorker === dead)
    if (lost.length === 0) return
    for (const station of lost) {
      this.#stations.splice(this.#stations.indexOf(station), 1)
      this.#speaking.report(station.router.id, [])
    }
    const stranded = [...this.#participants.values()].filter(({ station }) => station && lost.includes(station))
    for (const participant of stranded) participant.close()
    const moved: string[] = []
    for (const participant of stranded) if (await this.#move(participant)) moved.push(participant.sessionId)
    if (moved.length > 0) this.emit('reset', moved, this.#rtpCapabilities, 'worker died')
  }

  /** The routers of this show, for whoever counts objects. */
  get routers (): types.Router[] {
    return this.#stations.map(({ router }) => router)
  }

  async #move (participant: Participant): Promise<boolean> {
    const station = await this.#roomiest()
    if (this.#closed || this.#participants.get(participant.sessionId) !== participant) return false
    participant.moveTo(station)
    this.#settle(station, 1)
    return true
  }

  readonly #stage: Stage = {
    admit: (producer, participant) => this.#admit(producer, participant),
    withdraw: producerId => this.#voices.remove(producerId),
    has: producerId => this.#voices.has(producerId),
    reach: async (producerId, station) => await this.#voices.reach(producerId, station),
    lost: (producerId, participant) => { this.emit('producerLost', participant.userId, producerId) }
  }

  #admit (producer: types.Producer, { userId, station }: Participant): void {
    if (!station) return
    this.#voices.add(producer, userId, station)
    // It fails only when the router is gone, and then so is the producer.
    station.levels.addProducer({ producerId: producer.id }).catch(() => {})
    this.#cap.watch(producer, () => {
      producer.pause().catch(() => {})
      this.emit('overBitrate', userId, producer.id)
    })
  }

  #settle (station: Station, by: 1 | -1): void {
    station.sessions += by
    station.mediaWorker.load += by
  }

  /** Where the next session goes: a station with room, else a new one on a further worker, else the emptiest. */
  async #roomiest (): Promise<Station> {
    const emptiest = () => [...this.#stations].sort((a, b) => a.sessions - b.sessions)[0]
    const open = this.#stations.find(({ sessions }) => sessions < this.#listenersPerWorker)
    if (open) return open
    const further = this.#pool.leastLoaded(new Set(this.#stations.map(({ mediaWorker }) => mediaWorker)))
    const crowded = emptiest()
    if (crowded && !further) return crowded
    this.#growing ??= this.#grow(further)
    return await this.#growing
  }

  async #grow (mediaWorker: MediaWorker | undefined): Promise<Station> {
    try {
      const station = await openStation(mediaWorker ?? await this.#pool.next(), (routerId, levels) => this.#speaking.report(routerId, levels))
      if (this.#closed) {
        station.router.close()
        throw new CodedError('SHOW_ENDED', 'The show has ended.')
      }
      this.#stations.push(station)
      this.#rtpCapabilities = clientCapabilities(station.router)
      return station
    } finally {
      this.#growing = null
    }
  }
}
