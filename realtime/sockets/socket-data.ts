import type { Socket as Connection } from 'node:net'
import type { Server, Socket } from 'socket.io'
import type { WebSocket } from 'ws'
import type { ClientToServerEvents } from '../../contract/client-events.ts'
import type { ServerToClientEvents } from '../../contract/server-events.ts'
import type { MemberActor } from '../room/commands.ts'
import type { Room } from '../rooms/room.ts'

/** The person of a socket, and the sign-in its access token belongs to. */
export interface Identity {
  readonly userId: string
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly guest: boolean
  /** The `sid` of the access token. */
  readonly signInId: string
}

/** The socket's place in a show: from the answer to `show:join` until it leaves, is removed, or the show ends. */
export interface Membership {
  readonly room: Room
  readonly actor: MemberActor
}

/** A WebSocket that takes whole frames, and the stream that they are written to. */
export interface DirectConnection {
  readonly webSocket: Pick<WebSocket, 'readyState' | 'bufferedAmount'>
  readonly stream: Pick<Connection, 'write' | 'writable' | 'pending'>
  /** Writable while Engine.io keeps no packets. */
  readonly transport: Pick<AmbientSocket['conn']['transport'], 'writable'>
}

/** A socket as messages reach it that are encoded once for many. */
export interface Recipient {
  /** The id of the socket. */
  readonly id: string
  readonly conn: Pick<AmbientSocket['conn'], 'write' | 'transport'>
  /** Null where every message goes through Engine.io. */
  readonly direct: DirectConnection | null
}

/** Data that the server keeps for one socket. */
export interface SocketData {
  identity: Identity
  expiresAtMs: number
  membership: Membership | null
  /** `levels` of `show:join`. */
  wantsLevels?: boolean | undefined
  /** The song that the person plays outside of shows through this socket. */
  playerSongId: string | null
  recipient: Recipient
}

type NoEvents = Record<string, never>
export type AmbientServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>
export type AmbientSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>

/** Gives the socket's person another name and picture for everything they do from now on. */
export function rename(
  { data }: AmbientSocket,
  { displayName, avatarUrl }: Pick<Identity, 'displayName' | 'avatarUrl'>
): void {
  data.identity = { ...data.identity, displayName, avatarUrl }
  if (!data.membership) return
  data.membership = { ...data.membership, actor: { ...data.membership.actor, displayName, avatarUrl } }
}
