import type { types } from 'mediasoup-client'
import type { AckData } from '../contract/client-events.ts'
import { CodedError } from '../contract/errors.ts'
import { findStageMember } from '../contract/room.ts'
import type { StampedEvent } from '../contract/room-events.ts'
import type { SongUpdate } from '../contract/songs.ts'
import type { Person } from '../contract/users.ts'
import type { Account } from './account.ts'
import type { Clock } from './clock.ts'
import { CommentFeed } from './comment-feed.ts'
import { Connection, type Ask } from './connection.ts'
import type { HistoryPage } from './known-comments.ts'
import { Reactions } from './reactions.ts'
import { RoomCommands } from './room-commands.ts'
import { RoomFollower } from './room-follower.ts'
import { RoomMedia } from './room-media.ts'
import { emptyView, type CloseReason, type RoomView } from './room-view.ts'
import type { SoundOutput } from './sound.ts'
import { keepToken } from './token-keeper.ts'
import { ViewStore } from './view-store.ts'
import { Voice } from './voice.ts'
import type { SoundKind } from './volumes.ts'

export interface ShowRoomParts {
  url: string
  showId: string
  account: Account
  sound: SoundOutput
  clock: Clock
  handlerFactory?: types.HandlerFactory
  iceTransportPolicy?: RTCIceTransportPolicy
  /** A page of what was said, newest first. */
  fetchComments: (cursor: string | undefined) => Promise<HistoryPage>
  /** How one of the person's songs gets on, which has nothing to do with the show. */
  songNews: (news: SongUpdate) => void
}

/** Refusals of a join that another try may not meet. */
const passing: ReadonlySet<string> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL', 'NOT_IN_SHOW'])

/**
 * One person's presence in a live show: joins, follows the room's events, plays what is heard, sends a microphone, and comes
 * back by itself after a lost connection. Everything a page shows is in `view`. Commands throw CodedError, UNAVAILABLE
 * while the connection is lost.
 */
export class ShowRoom extends RoomCommands {
  readonly showId: string
  readonly #account: Account
  readonly #sound: SoundOutput
  readonly #clock: Clock
  readonly #store: ViewStore
  readonly #connection: Connection
  readonly #follower: RoomFollower
  readonly #media: RoomMedia
  readonly #voice: Voice
  protected readonly comments: CommentFeed
  protected readonly reactions: Reactions
  readonly #endings: (() => void)[] = []
  #stopKeeping: (() => void) | undefined

  constructor({
    url,
    showId,
    account,
    sound,
    clock,
    handlerFactory,
    iceTransportPolicy,
    fetchComments,
    songNews
  }: ShowRoomParts) {
    super()
    this.showId = showId
    this.#account = account
    this.#sound = sound
    this.#clock = clock
    this.#store = new ViewStore({
      ...emptyView(account.user?.id ?? ''),
      isSoundLocked: sound.isLocked,
      volumes: sound.volumes
    })
    this.#connection = new Connection({
      url,
      showId,
      account,
      clock,
      up: () => {
        this.#join()
      },
      down: () => this.#lost(),
      over: closed => this.#close(closed)
    })
    const { ask } = this.#connection
    this.#follower = new RoomFollower({
      store: this.#store,
      nowMs: clock.nowMs,
      fetchSnapshot: async () => (await ask('show:resync', {})).snapshot,
      followed: event => this.#followed(event),
      lost: () => this.#connection.renew()
    })
    this.#media = new RoomMedia({
      ask,
      sound,
      clock,
      started: () => this.#followStage(),
      hopeless: () => this.#connection.renew(),
      ...(handlerFactory && { handlerFactory }),
      ...(iceTransportPolicy && { iceTransportPolicy })
    })
    this.#voice = new Voice({
      media: () => this.#media.session,
      seat: () => this.view.room && findStageMember(this.view.room, this.view.me.userId),
      changed: microphone => this.#store.set({ microphone }),
      broken: media => this.#media.broken(media)
    })
    this.comments = new CommentFeed({
      showId,
      ask: this.command,
      clock,
      author: () => personOf(account),
      fetchPage: fetchComments,
      show: change => this.#store.set({ comments: { ...this.view.comments, ...change } })
    })
    this.reactions = new Reactions(this.command)
    this.#listen()
    this.#connection.socket.on('song:status', songNews)
    this.#connection.open()
  }

  /** The show as it is now; the same object until something changes. */
  get view(): RoomView {
    return this.#store.view
  }

  /** Calls back after every change of `view`; answers how to stop that. */
  readonly subscribe = (changed: () => void): (() => void) => this.#store.subscribe(changed)

  /** One's own voice as it is published, to show how loud it is; null without one. It is another one only when `view.microphone` changes. */
  get voice(): MediaStreamTrack | null {
    return this.#voice.track
  }

  /** Asks to speak. A co-host, or somebody invited, has the floor at once: position 0. */
  async requestFloor(reason = ''): Promise<AckData<'speak:request'>> {
    const answer = await this.command('speak:request', { reason })
    this.#follower.placed(answer.requestId, answer.position)
    return answer
  }

  /** Mutes or unmutes; oneself both ways, others only to mute. Oneself is silent at once, and stays so when the server can't be asked. */
  async mute(userId: string, muted: boolean): Promise<void> {
    const mine = userId === this.view.me.userId
    if (mine && muted) this.#voice.hush()
    try {
      await this.command('mute:set', { userId, muted })
      if (mine && !muted) this.#voice.unhush()
    } catch (error) {
      if (mine && muted && error instanceof CodedError && error.code !== 'UNAVAILABLE') this.#voice.unhush()
      throw error
    }
  }

  /** From a tap: browsers play nothing before one. */
  async unlockSound(): Promise<void> {
    await this.#sound.unlock()
  }

  /** How loud voices, or songs, are here from now on: 0, which is silence, to 1; what it is now is in `view.volumes`. */
  setVolume(kind: SoundKind, volume: number): void {
    this.#sound.setVolume(kind, volume)
  }

  /**
   * Sends this track as one's voice, now and after every reconnect, as long as one has the floor; another one takes its place,
   * as muted as it was. The room stops it when it is not needed any more, also when this throws NO_FLOOR.
   */
  async publish(track: MediaStreamTrack): Promise<void> {
    await this.#voice.publish(track)
  }

  /** Closes the microphone without giving up the floor: one is muted, and muted still when one publishes again. */
  async unpublish(): Promise<void> {
    const sent = this.#media.session?.producerId !== null
    await this.#voice.pause()
    if (sent) await this.mute(this.view.me.userId, true)
  }

  /** Leaves for good. The microphone is closed at once. */
  async leave(): Promise<void> {
    this.#voice.drop()
    this.#media.stop()
    if (this.view.connection === 'live') await this.#connection.ask('show:leave', {}).catch(() => {})
    this.#close({ reason: 'left' })
  }

  #listen(): void {
    const { socket } = this.#connection
    socket.on('room:event', stamped => this.#follower.follow(stamped))
    socket.on('queue:event', stamped => this.#follower.follow(stamped))
    socket.on('audience', ({ listenerCount, queueLength }) => this.#follower.count(listenerCount, queueLength))
    socket.on('announcement', announcement => this.#store.set({ announcement }))
    socket.on('comments', batch => this.comments.take(batch))
    socket.on('reactions', ({ counts }) => this.reactions.take(counts))
    socket.on('media:speaking', ({ levels }) =>
      this.#store.set({ speaking: new Map(levels.map(({ userId, volume }) => [userId, volume])) })
    )
    socket.on('media:reset', ({ routerRtpCapabilities }) => this.#media.start(routerRtpCapabilities))
    socket.on('session:replaced', () => this.#close({ reason: 'replaced' }))
    socket.on('session:removed', ({ ban }) => this.#close({ reason: 'removed', ban }))
    this.#endings.push(
      this.#sound.subscribe(() =>
        this.#store.set({ isSoundLocked: this.#sound.isLocked, volumes: this.#sound.volumes })
      ),
      this.#account.subscribe(() => {
        if (this.#account.user?.id !== this.view.me.userId) this.#close({ reason: 'signedOut' })
      })
    )
  }

  async #join(): Promise<void> {
    const { ask, token: shown } = this.#connection
    try {
      const { snapshot, media } = await ask('show:join', { showId: this.showId })
      if (this.view.connection === 'closed') return
      this.#connection.settled()
      this.#follower.take(snapshot)
      this.comments.start()
      this.#media.start(media.routerRtpCapabilities)
      this.#stopKeeping = keepToken({
        account: this.#account,
        clock: this.#clock,
        shown,
        present: async token => await ask('auth:refresh', { token })
      })
    } catch (error) {
      this.#joinFailed(error)
    }
  }

  /** What a show says no for is final; what failed on the way is tried again. */
  #joinFailed(error: unknown): void {
    const { code, message, retryAfterMs } =
      error instanceof CodedError ? error : new CodedError('INTERNAL', String(error))
    if (code === 'SHOW_ENDED') this.#close({ reason: 'ended', endReason: null })
    else if (passing.has(code)) this.#connection.renew(retryAfterMs)
    else this.#close({ reason: 'refused', code, message })
  }

  #lost(): void {
    this.#stopKeeping?.()
    this.#follower.forget()
    this.#media.stop()
    this.reactions.forget()
    this.#store.set({
      connection: 'reconnecting',
      speaking: new Map(),
      microphone: this.#voice.on ? 'starting' : 'off'
    })
  }

  #followed(event: StampedEvent['event'] | null): void {
    if (event?.type === 'show:ended') this.#close({ reason: 'ended', endReason: event.reason })
    else this.#followStage()
  }

  /** Hears who is on stage and what plays, and sends one's own voice while one may. */
  #followStage(): void {
    const { room, me } = this.view
    if (!room) return
    this.#sound.setDucking(room.settings.ducking)
    const wanted = new Map<string, SoundKind>()
    for (const { userId, producerId } of room.stage) {
      if (producerId !== null && userId !== me.userId) wanted.set(producerId, 'voice')
    }
    if (room.playback.producerId !== null) wanted.set(room.playback.producerId, 'song')
    this.#media.session?.hear(wanted)
    this.#voice.follow()
  }

  /** Commands wait for no connection: who presses a button hears at once that there is none. */
  protected readonly command: Ask = async (event, payload) => {
    if (this.view.connection !== 'live') {
      throw new CodedError('UNAVAILABLE', 'The connection is lost; it is tried again. Try once more in a moment.')
    }
    return await this.#connection.ask(event, payload)
  }

  #close(closed: CloseReason): void {
    if (this.view.connection === 'closed') return
    this.#store.set({ connection: 'closed', closed, speaking: new Map() })
    this.#stopKeeping?.()
    for (const end of this.#endings.splice(0)) end()
    this.#voice.drop()
    this.#media.stop()
    this.comments.close()
    this.#follower.forget()
    this.#connection.close()
  }
}

function personOf({ user }: Account): Person {
  return { id: user?.id ?? '', displayName: user?.displayName ?? '', avatarUrl: user?.avatarUrl ?? null }
}
