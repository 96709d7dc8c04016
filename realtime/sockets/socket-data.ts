import type { Server, Socket } from 'socket.io'
import type { WebSocket } from 'ws'
import type { ClientToServerEvents } from '../../contract/client-events.ts'
import type { ServerToClientEvents } from '../../contract/server-events.ts'
import type { LiveRoom } from '../rooms/live-room.ts'
import type { Actor } from '../room/commands.ts'

/** What a socket's access token said, and who that is. */
export interface Identity {
  readonly userId: string
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly guest: boolean
  /** The sign-in session of the token (`sid`). */
  readonly signInId: string
}

export type MemberActor = Extract<Actor, { kind: 'member' }>

/** Being in a show: from the join's answer until leaving, removal or the end. */
export interface Membership {
  readonly room: LiveRoom
  readonly actor: MemberActor
}

/** What the server knows of one socket. */
export interface SocketData {
  identity: Identity
  expiresAtMs: number
  membership: Membership | null
  /** The WebSocket beneath, for what is sent to thousands; null where there is none. */
  wire: WebSocket | null
}

type NoEvents = Record<string, never>
export type AmbientServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>
export type AmbientSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>

/** What the socket's person does from now on is done under another name, or with another picture. */
export function rename(
  { data }: AmbientSocket,
  { displayName, avatarUrl }: Pick<Identity, 'displayName' | 'avatarUrl'>
): void {
  data.identity = { ...data.identity, displayName, avatarUrl }
  if (data.membership) {
    data.membership = { ...data.membership, actor: { ...data.membership.actor, displayName, avatarUrl } }
  }
}
