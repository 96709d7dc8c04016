import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import type { RtpCapabilities } from '../contract/media.ts'
import type { SpeakingLevel } from '../contract/speaking.ts'
import { AudibleProducers } from './audible-producers.ts'
import type { BitrateCap } from './bitrate-cap.ts'
import { createFirstPacket, type FirstPacket } from './first-packet.ts'
import type { LinkAddress } from './link-transport.ts'
import type { MediaWorker } from './media-worker.ts'
import { hasSentNothing, type Participant } from './participant.ts'
import { ShowJingles } from './player/show-jingles.ts'
import { ShowSong, type SongSettings } from './player/show-song.ts'
import { ShowRecorder } from './recording/show-recorder.ts'
import type { NodeLink } from './node-link.ts'
import { ShowLinks } from './show-links.ts'
import type { ShowAudioEvents } from './show-audio-events.ts'
import { ShowMembers, type JoinRequest } from './show-members.ts'
import type { ShowRouter } from './show-router.ts'
import { ShowRouters } from './show-routers.ts'
import { openShowTap, type ShowTap, type TapListener } from './show-tap.ts'
import { createSpeakingLevels } from './speaking-levels.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface ShowAudioParts {
  showId: string
  pool: WorkerPool
  bitrateCap: BitrateCap
  listenersPerWorker: number
  /** Shorter packets of voices are joined to this length for those who only listen. */
  voiceFrameMs: number
  songs: SongSettings
  linkAddress: LinkAddress
}

/** The audio of one show: its participants, their routers, and the audible producers. */
export class ShowAudio extends EventEmitter<ShowAudioEvents> {
  readonly showId: string
  /** Plays the show's songs. */
  readonly song: ShowSong
  /** Plays jingles over the song. */
  readonly jingles: ShowJingles
  /** Records the speakers of this node. */
  readonly recorder = new ShowRecorder()
  readonly #bitrateCap: BitrateCap
  readonly #showRouters: ShowRouters
  readonly #members: ShowMembers
  readonly #producers = new AudibleProducers()
  readonly #links: ShowLinks
  readonly #speaking = createSpeakingLevels(
    levels => this.emit('speaking', levels),
    levels => this.emit('ownSpeaking', levels)
  )

  private constructor(parts: ShowAudioParts) {
    const { showId, pool, bitrateCap, listenersPerWorker, voiceFrameMs, songs, linkAddress } = parts
    super()
    this.showId = showId
    this.#bitrateCap = bitrateCap
    this.#showRouters = new ShowRouters({
      pool,
      listenersPerWorker,
      onLevels: (routerId, levels) => this.#speaking.update(routerId, levels)
    })
    this.#members = new ShowMembers({
      showRouters: this.#showRouters,
      host: {
        producers: this.#producers,
        voiceFrameMs,
        onProducerAdmitted: (producer, transport, participant) => this.#addProducer(producer, transport, participant),
        onProducerLost: (producerId, { userId }) => this.emit('producerLost', userId, producerId),
        onTransportFailed: (failure, { presenceId }) => this.emit('transportFailed', presenceId, failure)
      },
      createFirstPacket: requestedAtMs => this.#createFirstPacket(requestedAtMs)
    })
    const audible = { producers: this.#producers, showRouters: this.#showRouters }
    this.song = new ShowSong({ ...songs, ...audible })
    this.jingles = new ShowJingles(new ShowSong({ ...songs, ...audible }))
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
    return await this.#members.join(request)
  }

  /** Returns the participant of a presence. */
  findParticipant(presenceId: string): Participant | undefined {
    return this.#members.find(presenceId)
  }

  /** Closes everything of a presence. */
  leave(presenceId: string): void {
    this.#members.leave(presenceId)
  }

  /** Closes everything; may be called twice. */
  close(): void {
    this.song.close()
    this.jingles.close()
    this.recorder.stop()
    this.#members.close()
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

  async #reset(reason: string, isAffected: (showRouter: ShowRouter) => boolean): Promise<void> {
    const presenceIds = await this.#members.move(isAffected)
    await Promise.all([this.song.restore(), this.jingles.restore()])
    if (presenceIds.length > 0) this.emit('reset', presenceIds, this.rtpCapabilities, reason)
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
