import type { types } from 'mediasoup-client'
import { io, type Socket } from 'socket.io-client'
import type { Ack, AckData, ClientEventName, ClientToServerEvents, Payload } from '../contract/client-events.ts'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities } from '../contract/media.ts'
import { evolve } from '../contract/room.ts'
import type { StampedQueueEvent, StampedRoomEvent } from '../contract/room-events.ts'
import type { ServerToClientEvents } from '../contract/server-events.ts'
import type { Account } from './account.ts'
import { MediaSession } from './media-session.ts'
import { emptyView, withRoom, withSnapshot, type Closed, type RoomView } from './room-view.ts'
import { isErrorCode } from './rest.ts'
import type { SoundOutput } from './sound.ts'

export interface ShowRoomParts {
  url: string
  showId: string
  account: Account
  sound: SoundOutput
  handlerFactory?: types.HandlerFactory
}

/** A command that gets no answer for so long is answered UNAVAILABLE here. */
const answerWithinMs = 15_000
/** Waits between tries to come back: doubling, with jitter, so that a thousand clients don't come at once. */
const firstRetryMs = 500
const longestRetryMs = 5_000

/** Refusals of a join that another try may not meet. */
const passing: ReadonlySet<string> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL', 'NOT_IN_SHOW'])

type ShowSocket = Socket<ServerToClientEvents, ClientToServerEvents>

/**
 * One person's presence in a live show: joins, follows the room's events, plays what is heard, sends a microphone, and comes
 * back by itself after a lost connection. Everything a page shows is in `view`.
 */
export class ShowRoom {
  readonly showId: string
  readonly #parts: ShowRoomParts
  readonly #socket: ShowSocket
  readonly #listeners = new Set<() => void>()
  readonly #endings: (() => void)[] = []
  #view: RoomView
  #media: MediaSession | null = null
  #track: MediaStreamTrack | null = null
  #publishing = false
  #resyncing = false
  #tries = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #renewal: ReturnType<typeof setTimeout> | undefined
  #drainMs: number | null = null

  constructor (parts: ShowRoomParts) {
    const { url, showId, account, sound } = parts
    this.showId = showId
    this.#parts = parts
    this.#view = emptyView(account.user?.id ?? '')
    this.#socket = io(url, {
      transports: ['websocket'],
      query: { showId },
      autoConnect: false,
      reconnection: false,
      auth: send => { account.freshToken().then(token => send({ token }), () => send({ token: null })) }
    })
    this.#listen()
    this.#endings.push(sound.subscribe(() => this.#set({ soundLocked: sound.locked })))
    this.#socket.connect()
  }

  /** The show as it is now; the same object until something changes. */
  get view (): RoomView { return this.#view }

  /** Calls back after every change of `view`; answers how to stop that. */
  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed)
    return () => { this.#listeners.delete(changed) }
  }

  /** Asks to speak. A co-host, or somebody invited, has the floor at once. */
  async requestFloor (reason = ''): Promise<AckData<'speak:request'>> { return await this.#ask('speak:request', { reason }) }
  async cancelRequest (): Promise<void> { await this.#ask('speak:cancel', {}) }
  async answer (requestId: string, accept: boolean): Promise<void> { await this.#ask('speak:answer', { requestId, accept }) }
  async invite (userId: string): Promise<void> { await this.#ask('speak:invite', { userId }) }
  async respond (accept: boolean): Promise<void> { await this.#ask('speak:respond', { accept }) }
  async revoke (userId: string): Promise<void> { await this.#ask('speak:revoke', { userId }) }
  async stepDown (): Promise<void> { await this.#ask('speak:stepDown', {}) }
  async setCohost (userId: string, cohost: boolean): Promise<void> { await this.#ask('cohost:set', { userId, cohost }) }
  async remove (userId: string, ban: boolean): Promise<void> { await this.#ask('member:remove', { userId, ban }) }
  async announce (text: string): Promise<void> { await this.#ask('show:announce', { text }) }

  /** Mutes or unmutes; oneself both ways, others only to mute. */
  async mute (userId: string, muted: boolean): Promise<void> {
    if (userId === this.#view.me.userId) this.#media?.setMuted(muted)
    await this.#ask('mute:set', { userId, muted })
  }

  /** From a tap: browsers play nothing before one. */
  async unlockSound (): Promise<void> { await this.#parts.sound.unlock() }

  /** Sends this track as one's voice, now and after every reconnect, as long as one has the floor. The room stops it when that ends. */
  async publish (track: MediaStreamTrack): Promise<void> {
    if (this.#track !== track) this.#track?.stop()
    this.#track = track
    this.#media?.unpublish()
    await this.#sendVoice()
  }

  /** Closes the microphone here, without giving up the floor. */
  unpublish (): void {
    this.#dropTrack()
  }

  /** Leaves for good. */
  async leave (): Promise<void> {
    if (this.#socket.connected) await this.#ask('show:leave', {}).catch(() => {})
    this.#close({ reason: 'left' })
  }

  #listen (): void {
    const socket = this.#socket
    socket.on('connect', () => this.#join())
    socket.on('connect_error', error => this.#refused(error))
    socket.on('disconnect', () => this.#lost())
    socket.on('room:event', stamped => this.#roomEvent(stamped))
    socket.on('queue:event', stamped => this.#queueEvent(stamped))
    socket.on('audience', ({ listenerCount, queueLength }) => {
      const { room, me } = this.#view
      // Hosts count the queue themselves, by its events.
      this.#set({ listenerCount, ...(room && !me.isHost && { room: { ...room, queueLength } }) })
    })
    socket.on('announcement', announcement => this.#set({ announcement }))
    socket.on('media:speaking', ({ levels }) => this.#set({ speaking: new Map(levels.map(({ userId, volume }) => [userId, volume])) }))
    socket.on('media:reset', ({ routerRtpCapabilities }) => this.#restartMedia(routerRtpCapabilities))
    socket.on('session:replaced', () => this.#close({ reason: 'replaced' }))
    socket.on('session:removed', ({ ban }) => this.#close({ reason: 'removed', ban }))
    socket.on('session:drain', ({ reconnectAfterMs }) => { this.#drainMs = reconnectAfterMs })
  }

  async #join (): Promise<void> {
    try {
      const { snapshot, media } = await this.#ask('show:join', { showId: this.showId })
      this.#tries = 0
      this.#view = withSnapshot(this.#view, snapshot, Date.now())
      this.#restartMedia(media.routerRtpCapabilities)
      this.#keepToken()
      this.#changed()
    } catch (error) {
      this.#joinFailed(error)
    }
  }

  /** What a show says no for is final; what failed on the way is tried again. */
  #joinFailed (error: unknown): void {
    const code = error instanceof CodedError ? error.code : 'INTERNAL'
    const message = error instanceof Error ? error.message : String(error)
    if (code === 'SHOW_ENDED') return this.#close({ reason: 'ended', endReason: null })
    if (passing.has(code)) this.#socket.disconnect()
    else this.#close({ reason: 'refused', code, message })
  }

  async #refused (error: Error): Promise<void> {
    const code = 'data' in error && typeof error.data === 'object' && error.data !== null && 'code' in error.data ? error.data.code : undefined
    if (code === 'UNAUTHENTICATED') return this.#close({ reason: 'signedOut' })
    if (code === 'TOKEN_EXPIRED') await this.#renewToken()
    this.#comeBack()
  }

  #lost (): void {
    if (this.#view.connection === 'closed') return
    this.#media?.close()
    this.#media = null
    this.#set({ connection: 'reconnecting', speaking: new Map(), microphone: this.#track ? 'starting' : 'off' })
    this.#comeBack()
  }

  #comeBack (): void {
    if (this.#view.connection === 'closed') return
    clearTimeout(this.#retry)
    const backoffMs = Math.min(firstRetryMs * 2 ** this.#tries++, longestRetryMs)
    const waitMs = (this.#drainMs ?? 0) + backoffMs * (0.5 + Math.random() / 2)
    this.#drainMs = null
    this.#retry = setTimeout(() => this.#socket.connect(), waitMs)
  }

  async #renewToken (): Promise<string | null> {
    const { account } = this.#parts
    const token = await account.freshToken().catch(() => null)
    return token === null ? null : await account.renew(token).catch(() => null)
  }

  /** The socket lives as long as its token, so a new one is shown before. */
  #keepToken (): void {
    clearTimeout(this.#renewal)
    const everyMs = 30_000
    const show = async () => {
      const token = await this.#parts.account.freshToken()
      if (token !== null && this.#socket.connected) await this.#ask('auth:refresh', { token })
    }
    this.#renewal = setTimeout(() => { show().catch(() => {}).finally(() => { if (this.#socket.connected) this.#keepToken() }) }, everyMs)
  }

  #roomEvent (stamped: StampedRoomEvent): void {
    const { room, me } = this.#view
    if (!room || stamped.version <= room.version) return
    if (stamped.version !== room.version + 1) {
      this.#resync()
      return
    }
    const { event } = stamped
    this.#view = withRoom(this.#view, evolve(room, stamped))
    if (event.type === 'show:ended') return this.#close({ reason: 'ended', endReason: event.reason })
    if (event.type === 'cohost:changed' && event.userId === me.userId) this.#resync()
    this.#followStage()
    this.#changed()
  }

  #queueEvent (stamped: StampedQueueEvent): void {
    const { room, me } = this.#view
    if (!room || stamped.queueVersion <= room.queueVersion) return
    // Only hosts see every event; for anybody else a gap is what happened to others.
    if (me.isHost && stamped.queueVersion !== room.queueVersion + 1) {
      this.#resync()
      return
    }
    this.#view = withRoom(this.#view, evolve(room, stamped))
    this.#changed()
  }

  async #resync (): Promise<void> {
    if (this.#resyncing) return
    this.#resyncing = true
    try {
      const { snapshot } = await this.#ask('show:resync', {})
      this.#view = withSnapshot(this.#view, snapshot, Date.now())
      this.#followStage()
      this.#changed()
    } catch {
      // Without a snapshot nothing more can be followed; a new connection brings one.
      this.#socket.disconnect()
    } finally {
      this.#resyncing = false
    }
  }

  #restartMedia (capabilities: RtpCapabilities): void {
    this.#media?.close()
    const { sound, handlerFactory } = this.#parts
    const media = new MediaSession({
      ask: async (event, payload) => await this.#ask(event, payload),
      sound,
      ...(handlerFactory && { handlerFactory }),
      // A connection whose audio can't be mended is as good as lost.
      onBroken: () => { if (this.#media === media) this.#socket.disconnect() }
    }, capabilities)
    this.#media = media
    this.#followStage()
  }

  /** Hears who is on stage, and sends one's own voice while one may. */
  #followStage (): void {
    const { room, me } = this.#view
    if (!room || !this.#media) return
    const others = room.stage.filter(({ userId }) => userId !== me.userId)
    this.#media.hear(others.flatMap(({ producerId }) => producerId ?? []))
    const mine = room.stage.find(({ userId }) => userId === me.userId)
    if (!mine) return this.#dropTrack()
    const producerId = this.#media.producerId
    if (producerId && !this.#publishing && mine.producerId !== producerId) {
      // The server closed it: stepping down ends the voice, anything else is mended.
      if (mine.state === 'granted') return this.#dropTrack()
      this.#media.unpublish()
    }
    this.#media.setMuted(mine.muted)
    if (this.#track && !this.#media.producerId) this.#sendVoice().catch(() => {})
  }

  async #sendVoice (): Promise<void> {
    const { room, me } = this.#view
    const mine = room?.stage.find(({ userId }) => userId === me.userId)
    const media = this.#media
    if (!this.#track || !media || !mine || this.#publishing) return
    this.#publishing = true
    this.#set({ microphone: 'starting' })
    try {
      await media.publish(this.#track, mine.muted)
      this.#set({ microphone: 'on' })
    } catch (error) {
      this.#set({ microphone: this.#track ? 'failed' : 'off' })
      if (this.#media === media) throw error
    } finally {
      this.#publishing = false
    }
    // The audio was made anew meanwhile, and this went to the old one.
    if (this.#media !== media) this.#followStage()
  }

  #dropTrack (): void {
    this.#media?.unpublish()
    if (!this.#track) return
    this.#track.stop()
    this.#track = null
    this.#set({ microphone: 'off' })
  }

  async #ask<E extends ClientEventName> (event: E, payload: Payload<E>): Promise<AckData<E>> {
    // The typed emitter can't follow a generic event name; the table it is typed from can.
    const socket: Socket = this.#socket
    const answer: Ack<AckData<E>> = await socket.timeout(answerWithinMs).emitWithAck(event, payload)
      .catch(() => { throw new CodedError('UNAVAILABLE', 'The server did not answer. The connection may be lost; it is tried again.') })
    if (answer.ok) return answer.data
    const { code, message, ...extra } = answer.error
    throw new CodedError(isErrorCode(code) ? code : 'INTERNAL', message, extra)
  }

  #close (closed: Closed): void {
    if (this.#view.connection === 'closed') return
    clearTimeout(this.#retry)
    clearTimeout(this.#renewal)
    this.#track?.stop()
    this.#track = null
    this.#media?.close()
    this.#media = null
    for (const end of this.#endings.splice(0)) end()
    this.#set({ connection: 'closed', closed, microphone: 'off', speaking: new Map() })
    this.#socket.disconnect()
  }

  #set (change: Partial<RoomView>): void {
    this.#view = { ...this.#view, ...change }
    this.#changed()
  }

  #changed (): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
