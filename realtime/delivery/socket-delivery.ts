import type { ServerEventName, ServerPayload } from '../../contract/server-events.ts'
import type { MemberActor } from '../room/commands.ts'
import { drainTargets } from '../sockets/disconnect.ts'
import { reconnectAfterMs } from '../sockets/drain.ts'
import type { AmbientServer, AmbientSocket, Recipient } from '../sockets/socket-data.ts'
import { createChunkedBroadcast } from './chunked-broadcast.ts'
import type { Delivery } from './delivery.ts'
import { encodeEvent, sendEncoded } from './encoded-event.ts'
import { createRoomRecipients } from './room-recipients.ts'

const showRoom = (showId: string) => `show:${showId}`
const personRoom = (showId: string, userId: string) => `show:${showId}:${userId}`
const presenceRoom = (presenceId: string) => `presence:${presenceId}`

/**
 * The sockets of a show by what they are told about the speakers: all levels; who begins and stops to speak; or the
 * same without the people whom they receive.
 */
export type SpeakingAudience = 'levels' | 'changes' | 'unheard'

const speakingRoom = (showId: string, audience: SpeakingAudience) => `show:${showId}:speaking:${audience}`

/** Events that replace their predecessor: they carry the whole of what they are about. */
const replacingEvents: ReadonlySet<ServerEventName> = new Set<ServerEventName>(['media:speaking', 'audience'])

/** A show with at least this many sockets is served in chunks. */
const minChunkedSockets = 500

/** Puts a socket where the show's messages reach it. */
export function enterShow(socket: AmbientSocket, showId: string, userId: string, presenceId: string): void {
  const speaking = speakingRoom(showId, speakingAudienceOf(socket))
  socket.join([showRoom(showId), personRoom(showId, userId), presenceRoom(presenceId), speaking])
}

/** Returns what a socket is told about the speakers of its show, by `levels` of `show:join`. */
export function speakingAudienceOf({ data: { wantsLevels } }: AmbientSocket): SpeakingAudience {
  if (wantsLevels === undefined) return 'changes'
  return wantsLevels ? 'levels' : 'unheard'
}

/** Changes what a socket that is in a show is told about the speakers. */
export function wantLevels(socket: AmbientSocket, showId: string, levels: boolean): void {
  socket.leave(speakingRoom(showId, speakingAudienceOf(socket)))
  socket.data.wantsLevels = levels
  socket.join(speakingRoom(showId, speakingAudienceOf(socket)))
}

/** Takes a socket out of its show. */
export function leaveShow(socket: AmbientSocket): void {
  for (const room of socket.rooms) if (room !== socket.id) socket.leave(room)
  socket.data.membership = null
}

/** Returns the recipients that an event reaches. Levels do not reach a socket that is behind. */
function reachedBy(recipients: readonly Recipient[], audience: SpeakingAudience | undefined): readonly Recipient[] {
  return audience === 'levels' ? recipients.filter(({ conn }) => conn.transport.writable) : recipients
}

/** Reaches members by their sockets. */
export interface SocketDelivery extends Delivery {
  /** Keeps the messages to this socket in order. Call it once for each connection, before its first message. */
  follow(socket: AmbientSocket): void
  /** Sends to all sockets of this node, in a show or not. */
  toAll<E extends ServerEventName>(event: E, payload: ServerPayload<E>): void
  /** The people who are in a show through the sockets of this node. */
  membersIn(showId: string): MemberActor[]
  /** Sends who speaks. Levels are for display, and a slow socket may miss some. */
  toSpeakingAudience(showId: string, audience: 'levels' | 'changes', speaking: ServerPayload<'media:speaking'>): void
  /** The sockets of a show that are told only about speakers whom they do not receive. */
  unheardSocketsIn(showId: string): Iterable<AmbientSocket>
}

/** Reaches people by Socket.io's rooms: one for a show, one for a person in it, one for a presence. */
export function createSocketDelivery(io: AmbientServer, minSockets = minChunkedSockets): SocketDelivery {
  const socketsIn = (room: string): AmbientSocket[] => {
    const ids = io.of('/').adapter.rooms.get(room) ?? []
    return [...ids].flatMap(id => io.of('/').sockets.get(id) ?? [])
  }

  function emit<E extends ServerEventName>(rooms: string[], event: E, payload: ServerPayload<E>): void {
    // Socket.io sends to everybody when the list of rooms is empty.
    if (rooms.length === 0) return
    const emitter: { emit(event: string, payload: unknown): unknown } = io.local.to(rooms)
    emitter.emit(event, payload)
  }

  const recipientsIn = createRoomRecipients(io)
  const chunked = createChunkedBroadcast<Recipient>()
  /** Shows whose sockets left at once, because it ended or moved: they still get what was sent before. */
  const emptied = new WeakSet<ReadonlySet<string>>()

  /** Takes all sockets out of a show, but not the messages that wait for them. */
  function emptyShow(showId: string, sockets: readonly AmbientSocket[]): void {
    const ids = io.of('/').adapter.rooms.get(showRoom(showId))
    if (ids) emptied.add(ids)
    for (const socket of sockets) leaveShow(socket)
  }

  /** Sends in this turn of the event loop, behind what waits for these sockets. */
  function emitNow<E extends ServerEventName>(
    recipients: readonly Recipient[],
    event: E,
    payload: ServerPayload<E>,
    audience?: SpeakingAudience
  ): void {
    if (recipients.length === 0) return
    for (const recipient of recipients) chunked.flushFor(recipient)
    sendEncoded(reachedBy(recipients, audience), encodeEvent(event, payload))
  }

  function emitInChunks<E extends ServerEventName>(
    showId: string,
    recipients: readonly Recipient[],
    isMember: (recipient: Recipient) => boolean,
    event: E,
    payload: ServerPayload<E>,
    audience?: SpeakingAudience
  ): void {
    const encoded = encodeEvent(event, payload)
    chunked.send({
      showId,
      replaces: replacingEvents.has(event) ? `${event} ${audience ?? ''}` : null,
      recipients,
      send(group) {
        // A socket may have left the show in the meantime.
        sendEncoded(reachedBy(group.filter(isMember), audience), encoded)
      }
    })
  }

  function emitToShow<E extends ServerEventName>(
    showId: string,
    event: E,
    payload: ServerPayload<E>,
    audience?: SpeakingAudience
  ): void {
    const room = audience ? speakingRoom(showId, audience) : showRoom(showId)
    const recipients = recipientsIn(room)
    if (!recipients) return
    const { list, ids, has } = recipients
    if (list.length < minSockets) return emitNow(list, event, payload, audience)
    const { sockets } = io.of('/')
    const isMember = (one: Recipient) => has(one) || (emptied.has(ids) && sockets.has(one.id))
    emitInChunks(showId, list, isMember, event, payload, audience)
  }

  return {
    follow(socket) {
      socket.conn.on('packetCreate', ({ type }: { type: string }) => {
        if (type === 'message') chunked.flushFor(socket.data.recipient)
      })
    },
    membersIn: showId =>
      socketsIn(showRoom(showId)).flatMap(({ data: { membership } }) => (membership ? [membership.actor] : [])),
    unheardSocketsIn: showId => socketsIn(speakingRoom(showId, 'unheard')),
    toShow: (showId, event, payload) => emitToShow(showId, event, payload),
    toSpeakingAudience: (showId, audience, speaking) => emitToShow(showId, 'media:speaking', speaking, audience),
    toAll(event, payload) {
      const { sockets } = io.of('/')
      const recipients = [...sockets.values()].map(({ data }) => data.recipient)
      if (recipients.length < minSockets) emitNow(recipients, event, payload)
      else emitInChunks('', recipients, ({ id }) => sockets.has(id), event, payload)
    },
    toPeople(showId, userIds, event, payload) {
      const rooms = userIds.map(userId => personRoom(showId, userId))
      emit(rooms, event, payload)
    },
    toPresence: (presenceId, event, payload) => emit([presenceRoom(presenceId)], event, payload),
    toPresences(showId, presenceIds, event, payload) {
      const targets = presenceIds.map(presenceRoom)
      if (targets.length < minSockets) return emit(targets, event, payload)
      const { sockets, adapter } = io.of('/')
      const roomOf = new Map(
        targets.flatMap(room => {
          const found = [...(adapter.rooms.get(room) ?? [])].flatMap(id => sockets.get(id) ?? [])
          return found.map(({ data }) => [data.recipient, room] as const)
        })
      )
      const isMember = (one: Recipient) => adapter.rooms.get(roomOf.get(one) ?? '')?.has(one.id) === true
      emitInChunks(showId, [...roomOf.keys()], isMember, event, payload)
    },
    endPresence(presenceId, event, payload) {
      emit([presenceRoom(presenceId)], event, payload)
      for (const socket of socketsIn(presenceRoom(presenceId))) {
        leaveShow(socket)
        socket.disconnect(true)
      }
    },
    endShow(showId) {
      emptyShow(showId, socketsIn(showRoom(showId)))
    },
    drainShow(showId) {
      const sockets = socketsIn(showRoom(showId))
      const targets = drainTargets(sockets)
      emptyShow(showId, sockets)
      for (const target of targets) target.close(reconnectAfterMs(target, targets.length))
    }
  }
}
