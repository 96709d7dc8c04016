import type { types } from 'mediasoup-client'
import type { ListenerSource } from '../contract/audience-events.ts'
import type { AckData } from '../contract/client-events.ts'
import type { LiveComment } from '../contract/comments.ts'
import { CodedError } from '../contract/errors.ts'
import type { Page } from '../contract/paging.ts'
import { findStageMember } from '../contract/room.ts'
import type { StampedEvent } from '../contract/room-events.ts'
import type { Person } from '../contract/users.ts'
import type { Account } from './account.ts'
import type { Clock } from './clock.ts'
import { CommentFeed } from './comment-feed.ts'
import { Connection, connectionLostError, type SendCommand, type ShowSocket } from './connection.ts'
import { Reactions } from './reactions.ts'
import { RoomAudioCommands } from './room-audio-commands.ts'
import { RoomFollower } from './room-follower.ts'
import { RoomMedia } from './room-media.ts'
import { announcementOf, emptyView, soundView, type CloseReason, type RoomView } from './room-view.ts'
import { sendJoin, type JoinOrder } from './send-join.ts'
import type { SoundOutput } from './sound.ts'
import { startTokenRenewal } from './token-renewal.ts'
import { ViewStore } from './view-store.ts'
import { Voice } from './voice.ts'
import { wantedLevels } from './voice-levels.ts'

export interface ShowRoomParts {
  url: string
  showId: string
  account: Account
  sound: SoundOutput
  clock: Clock
  handlerFactory?: types.HandlerFactory
  iceTransportPolicy?: RTCIceTransportPolicy
  /** The way in which the user found the show. */
  source?: ListenerSource
  /** Whether the user meets the others backstage, before the start. */
  backstage?: boolean
  /** Fetches a page of comments, newest first. */
  fetchComments: (cursor: string | undefined) => Promise<Page<LiveComment>>
  /** Adds listeners of events that concern the user, not the show. */
  listenForUser: (socket: ShowSocket) => void
}

/** Errors of a join that another attempt may not meet. */
const retryableCodes: ReadonlySet<string> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL', 'NOT_IN_SHOW'])

/**
 * A user in a live show: joins, follows the events of the room, plays voices and songs, sends a microphone, and
 * reconnects after a lost connection. `view` holds everything that a page shows. Commands throw CodedError, UNAVAILABLE
 * while the connection is lost.
 */
export class ShowRoom extends RoomAudioCommands {
  readonly showId: string
  readonly #account: Account
  protected readonly sound: SoundOutput
  readonly #clock: Clock
  readonly #store: ViewStore
  readonly #connection: Connection
  readonly #follower: RoomFollower
  protected readonly media: RoomMedia
  protected readonly ownVoice: Voice
  protected readonly comments: CommentFeed
  protected readonly reactions: Reactions
  readonly #order: Pick<JoinOrder, 'showId' | 'source' | 'backstage'>
  readonly #unsubscribers: (() => void)[] = []
  #stopTokenRenewal: (() => void) | undefined

  constructor(parts: ShowRoomParts) {
    super()
    const { url, showId, account, sound, clock, handlerFactory, iceTransportPolicy } = parts
    this.showId = showId
    this.#order = { showId, source: parts.source, backstage: parts.backstage }
    this.#account = account
    this.sound = sound
    this.#clock = clock
    this.#store = new ViewStore({
      ...emptyView(account.user?.id ?? ''),
      ...soundView(sound)
    })
    this.#connection = new Connection({
      url,
      showId,
      account,
      clock,
      onConnected: () => {
        this.#join()
      },
      onLost: () => this.#onConnectionLost(),
      onClosed: reason => this.#close(reason)
    })
    const { sendCommand } = this.#connection
    this.#follower = new RoomFollower({
      store: this.#store,
      nowMs: clock.nowMs,
      fetchSnapshot: async () => (await sendCommand('show:resync', {})).snapshot,
      onChange: event => this.#onRoomChanged(event),
      onOutOfSync: () => this.#connection.reconnect()
    })
    this.media = new RoomMedia({
      sendCommand,
      sound,
      clock,
      getStage: () => this.view.room?.stage ?? [],
      onLevels: speaking => this.#store.set({ speaking }),
      onStarted: () => this.syncMedia(),
      onUnrecoverable: () => this.#connection.reconnect(),
      onSupport: isMediaSupported => {
        if (isMediaSupported !== this.view.isMediaSupported) this.#store.set({ isMediaSupported })
      },
      ...(handlerFactory && { handlerFactory }),
      ...(iceTransportPolicy && { iceTransportPolicy })
    })
    this.ownVoice = new Voice({
      getMediaSession: () => this.media.session,
      getSeat: () => this.view.room && findStageMember(this.view.room, this.view.me.userId),
      onChange: change => this.#store.set(change),
      clock,
      onBroken: session => this.media.restart(session)
    })
    this.comments = new CommentFeed({
      showId,
      sendCommand: this.sendCommand,
      clock,
      getAuthor: () => personOf(account),
      fetchPage: parts.fetchComments,
      onChange: change => this.#store.set({ comments: { ...this.view.comments, ...change } })
    })
    this.reactions = new Reactions(this.sendCommand)
    this.#subscribeToEvents()
    parts.listenForUser(this.#connection.socket)
    this.#connection.open()
  }

  /** The show as it is now. The same object until something changes. */
  get view(): RoomView {
    return this.#store.view
  }

  /** Calls back after each change of `view`. Returns a function that stops that. */
  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener)

  /** Requests to speak. Co-hosts and invited listeners get the floor at once, with position 0. */
  async requestFloor(reason = ''): Promise<AckData<'speak:request'>> {
    const answer = await this.sendCommand('speak:request', { reason })
    this.#follower.setQueuePosition(answer.requestId, answer.position)
    return answer
  }

  /** Leaves the show for good. Turns the microphone off at once. */
  async leave(): Promise<void> {
    this.stopMedia()
    if (this.view.connection === 'live') await this.#connection.sendCommand('show:leave', {}).catch(() => {})
    this.#close({ reason: 'left' })
  }

  #subscribeToEvents(): void {
    const { socket } = this.#connection
    socket.on('room:event', stamped => this.#follower.receive(stamped))
    socket.on('queue:event', stamped => this.#follower.receive(stamped))
    socket.on('audience', ({ listenerCount, queueLength }) => this.#follower.setAudience(listenerCount, queueLength))
    socket.on('announcement', received => this.#store.set(announcementOf(received)))
    socket.on('comments', batch => this.comments.receive(batch))
    socket.on('comment:answered', answer => this.comments.answered(answer))
    socket.on('comments:held', ({ count }) => this.#store.set({ heldCount: count }))
    socket.on('reactions', ({ counts }) => this.reactions.receive(counts))
    socket.on('playlist:editors', ({ editors }) => this.editingHosts.notify(editors))
    socket.on('media:speaking', ({ levels }) => this.media.levels.receive(levels))
    socket.on('media:iceServers', ({ iceServers }) => this.media.session?.useIceServers(iceServers))
    socket.on('media:reset', ({ routerRtpCapabilities }) => this.media.start(routerRtpCapabilities))
    socket.on('session:replaced', () => this.#close({ reason: 'replaced' }))
    socket.on('session:removed', ({ ban }) => this.#close({ reason: 'removed', ban }))
    this.#unsubscribers.push(
      this.sound.subscribe(() => this.#store.set(soundView(this.sound))),
      this.#account.subscribe(() => {
        if (this.#account.user?.id !== this.view.me.userId) this.#close({ reason: 'signedOut' })
      })
    )
  }

  async #join(): Promise<void> {
    const { sendCommand, token: presentedToken } = this.#connection
    try {
      const receive = await this.media.receiveOrder()
      const order = { ...this.#order, receive, ...wantedLevels() }
      const { snapshot, media } = await sendJoin(sendCommand, order)
      if (this.view.connection === 'closed') return
      this.#connection.resetBackoff()
      this.#follower.applySnapshot(snapshot)
      this.comments.start()
      this.media.start(media.routerRtpCapabilities, media.receive)
      this.#stopTokenRenewal = startTokenRenewal({
        account: this.#account,
        clock: this.#clock,
        presentedToken,
        present: async token => await sendCommand('auth:refresh', { token })
      })
    } catch (error) {
      this.#onJoinFailed(error)
    }
  }

  /** Closes the room when the show rejects the user, and tries again after other failures. */
  #onJoinFailed(error: unknown): void {
    const { code, message, retryAfterMs } =
      error instanceof CodedError ? error : new CodedError('INTERNAL', String(error))
    if (code === 'SHOW_ENDED') this.#close({ reason: 'ended', endReason: null })
    else if (retryableCodes.has(code)) this.#connection.reconnect(retryAfterMs)
    else this.#close({ reason: 'refused', code, message })
  }

  #onConnectionLost(): void {
    this.#stopTokenRenewal?.()
    this.#follower.reset()
    this.media.stop()
    this.media.levels.stop()
    this.reactions.reset()
    this.#store.set({ connection: 'reconnecting', microphone: this.ownVoice.isPublishing ? 'starting' : 'off' })
  }

  #onRoomChanged(event: StampedEvent['event'] | null): void {
    if (event?.type === 'show:ended') this.#close({ reason: 'ended', endReason: event.reason })
    else this.syncMedia()
  }

  /** Sends a command. Fails at once while the connection is lost, so that the user sees it at once. */
  readonly sendCommand: SendCommand = async (event, payload) => {
    if (this.view.connection !== 'live') throw connectionLostError()
    return await this.#connection.sendCommand(event, payload)
  }

  #close(closed: CloseReason): void {
    if (this.view.connection === 'closed') return
    this.#store.set({ connection: 'closed', closed })
    this.#stopTokenRenewal?.()
    this.stopMedia()
    for (const unsubscribe of this.#unsubscribers.splice(0)) unsubscribe()
    this.media.levels.stop()
    this.comments.close()
    this.#follower.reset()
    this.#connection.close()
  }
}

function personOf({ user }: Account): Person {
  return { id: user?.id ?? '', displayName: user?.displayName ?? '', avatarUrl: user?.avatarUrl ?? null }
}
