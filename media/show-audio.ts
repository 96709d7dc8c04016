import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities } from '../contract/media.ts'
import { AudibleProducers } from './audible-producers.ts'
import type { BitrateCap } from './bitrate-cap.ts'
import { createFirstPacket, type FirstPacket } from './first-packet.ts'
import type { LinkAddress } from './link-transport.ts'
import type { MediaWorker } from './media-worker.ts'
import { hasSentNothing, Participant, type ParticipantHost } from './participant.ts'
import { ShowSong, type SongSettings } from './player/show-song.ts'
import { ShowRecorder } from './recording/show-recorder.ts'
import type { NodeLink } from './node-link.ts'
import { ShowLinks } from './show-links.ts'
import type { ShowAudioEvents } from './show-audio-events.ts'
import type { ShowRouter } from './show-router.ts'
import { ShowRouters } from './show-routers.ts'
import { openShowTap, type ShowTap, type TapListener } from './show-tap.ts'
import { createSpeakingLevels, type SpeakingLevel } from './speaking-levels.ts'
import type { WorkerPool } from './worker-pool.ts'

/** A presence that joins; `requestedAtMs`: when it asked to join, by `performance.now()`. */
export interface JoinRequest {
  presenceId: string
  userId: string
  requestedAtMs?: number
}

export interface ShowAudioParts {
  showId: string
  pool: WorkerPool
  bitrateCap: BitrateCap
  listenersPerWorker: number
  songs: SongSettings
  linkAddress: LinkAddress
}

/** A participant, and the promise that it is placed on a router. */
interface Membership {
  participant: Participant
  placed: Promise<void>
}

/** The audio of one show: its participants, their routers, and the audible producers. */
export class ShowAudio extends EventEmitter<ShowAudioEvents> {
  readonly showId: string
  /** Plays the show's songs. */
  readonly song: ShowSong
  /** Records the speakers of this node. */
  readonly recorder = new ShowRecorder()
  readonly #bitrateCap: BitrateCap
  readonly #showRouters: ShowRouters
  /** By presence id. */
  readonly #members = new Map<string, Membership>()
  readonly #producers = new AudibleProducers()
  readonly #links: ShowLinks
  readonly #speaking = createSpeakingLevels(
    levels => this.emit('speaking', levels),
    levels => this.emit('ownSpeaking', levels)
  )
  readonly #host: ParticipantHost = {
    producers: this.#producers,
    onProducerAdmitted: (producer, transport, participant) => this.#addProducer(producer, transport, participant),
    onProducerLost: (producerId, { userId }) => this.emit('producerLost', userId, producerId),
    onTransportFailed: (failure, { presenceId }) => this.emit('transportFailed', presenceId, failure)
  }

  private constructor({ showId, pool, bitrateCap, listenersPerWorker, songs, linkAddress }: ShowAudioParts) {
    super()
    this.showId = showId
    this.#bitrateCap = bitrateCap
    this.#showRouters = new ShowRouters({
      pool,
      listenersPerWorker,
      onLevels: (routerId, levels) => this.#speaking.update(routerId, levels)
    })
    const audible = { producers: this.#producers, showRouters: this.#showRouters }
    this.song = new ShowSong({ ...songs, ...audible })
    this.#links = new ShowLinks({ ...audible, address: linkAddress })
  }

  /** Opens a show's first router, on the least loaded worker. */
  static async open(parts: ShowAudioParts): Promise<ShowAudio> {
    const audio = new ShowAudio(parts)
    while (!audio.#showRouters.findForParticipant()) await audio.#showRouters.grow()
    return audio
  }

  /** RTP capabilities for clients; the same on every router. */
  get rtpCapabilities(): RtpCapabilities {
    return this.#showRouters.rtpCapabilities
  }

  /**
   * Places a presence on a router; a second call for the same presence returns the same participant. Throws SHOW_ENDED,
   * NOT_IN_SHOW when it left in the meantime.
   */
  async join(request: JoinRequest): Promise<Participant> {
    const member = this.#members.get(request.presenceId) ?? this.#addMember(request)
    await member.placed
    return member.participant
  }

  /** Returns the participant of a presence. */
  findParticipant(presenceId: string): Participant | undefined {
    return this.#members.get(presenceId)?.participant
  }

  /** Closes everything of a presence. */
  leave(presenceId: string): void {
    const participant = this.findParticipant(presenceId)
    if (!participant) return
    this.#members.delete(presenceId)
    this.#vacate(participant)
  }

  /** Closes everything; may be called twice. */
  close(): void {
    this.song.close()
    this.recorder.stop()
    for (const presenceId of [...this.#members.keys()]) this.leave(presenceId)
    this.#showRouters.close()
    this.#speaking.close()
  }

  /** Moves the participants of a dead worker and emits `reset`. mediasoup has closed its routers already. */
  async workerDied(deadWorker: MediaWorker): Promise<void> {
    for (const router of this.#showRouters.removeWorker(deadWorker)) this.#speaking.remove(router.id)
    const lostRemoteVoices = this.#links.lostVoicesWith(deadWorker)
    await this.#reset('worker died', showRouter => lostRemoteVoices || showRouter.mediaWorker === deadWorker)
  }

  /**
   * Closes the media of all participants and emits `reset`. Call it when a voice of another node that is still on stage
   * comes over another link from now on: its consumers are gone, and clients do not know that.
   */
  async resetAll(reason: string): Promise<void> {
    await this.#reset(reason, () => true)
  }

  /** Opens this node's end of a link to the show's audio on another node. Throws SHOW_ENDED, UNAVAILABLE. */
  async openLink(): Promise<NodeLink> {
    return await this.#links.open()
  }

  /** Passes the packets of everything that can be heard to this process. It ends with the show's audio. */
  openTap(listener: TapListener): ShowTap {
    return openShowTap(this.#producers, listener)
  }

  /** Whether the producer can be consumed here: it is produced on this node, or a link receives it. */
  hasProducer(producerId: string): boolean {
    return this.#producers.has(producerId)
  }

  /** Number of consumers that participants on this node and links to other nodes have of a producer. */
  consumersOf(producerId: string): number {
    return this.#producers.consumersOf(producerId)
  }

  /** Takes the last `ownSpeaking` of another node, for `speaking`. It counts for 2.5 s. */
  addRemoteLevels(nodeId: string, levels: SpeakingLevel[]): void {
    this.#speaking.updateRemote(nodeId, levels)
  }

  /** Removes the levels of a node that is lost. */
  removeRemoteLevels(nodeId: string): void {
    this.#speaking.removeRemote(nodeId)
  }

  /** Number of producers that can be heard, muted or not. */
  get producerCount(): number {
    return this.#producers.size
  }

  /** The routers of this show, for counting objects. */
  get routers(): types.Router[] {
    return this.#showRouters.routers
  }

  /** Measures nothing while the show has no sound, because such a wait says nothing about this server. */
  #createFirstPacket(requestedAtMs: number | undefined): FirstPacket | null {
    if (requestedAtMs === undefined || !this.#producers.hasSound) return null
    return createFirstPacket({
      requestedAtMs,
      onFirstPacket: waitedMs => this.emit('firstPacket', waitedMs),
      onTimeout: () => this.emit('firstPacketTimeout')
    })
  }

  #addMember({ presenceId, userId, requestedAtMs }: JoinRequest): Membership {
    const firstPacket = this.#createFirstPacket(requestedAtMs)
    const participant = new Participant({ presenceId, userId, host: this.#host, firstPacket })
    const member = { participant, placed: Promise.resolve() }
    this.#members.set(presenceId, member)
    member.placed = this.#place(participant).catch((error: unknown) => {
      if (this.#members.get(presenceId) === member) this.#members.delete(presenceId)
      throw error
    })
    return member
  }

  /**
   * Awaits nothing between choosing a router and taking a place on it, so two participants never take the last place.
   */
  async #place(participant: Participant): Promise<void> {
    let showRouter = this.#showRouters.findForParticipant()
    while (!showRouter) {
      await this.#showRouters.grow()
      showRouter = this.#showRouters.findForParticipant()
    }
    if (this.findParticipant(participant.presenceId) !== participant) {
      throw new CodedError('NOT_IN_SHOW', 'You left the show in the meantime.')
    }
    participant.moveTo(showRouter)
    showRouter.mediaWorker.participants++
  }

  async #reset(reason: string, isAffected: (showRouter: ShowRouter) => boolean): Promise<void> {
    const stranded = [...this.#members.values()]
      .map(({ participant }) => participant)
      .filter(({ showRouter }) => showRouter !== null && isAffected(showRouter))
    for (const participant of stranded) {
      participant.loseTransports()
      this.#vacate(participant)
    }
    const moves = await Promise.allSettled(stranded.map(async participant => await this.#place(participant)))
    await this.song.restore()
    const presenceIds = stranded.flatMap(({ presenceId }, index) =>
      moves[index]?.status === 'fulfilled' ? [presenceId] : []
    )
    if (presenceIds.length > 0) this.emit('reset', presenceIds, this.rtpCapabilities, reason)
  }

  #vacate(participant: Participant): void {
    if (participant.showRouter) participant.showRouter.mediaWorker.participants--
    participant.close()
  }

  #addProducer(producer: types.Producer, transport: types.WebRtcTransport, { userId, showRouter }: Participant): void {
    if (!showRouter) return
    this.#producers.add(producer, userId, showRouter)
    this.recorder.add(producer, userId, showRouter.router)
    // Fails only when the router is closed, and then the producer is closed too.
    showRouter.levels.addProducer(producer.id).catch(() => {})
    const onHeard = () => this.emit('voiceHeard', userId, producer.id)
    if (hasSentNothing(producer)) producer.once('score', onHeard)
    else onHeard()
    this.#bitrateCap.watch(producer, transport, () => {
      this.#producers.setPaused(producer, true).catch(() => {})
      this.emit('overBitrate', userId, producer.id)
    })
  }
}
