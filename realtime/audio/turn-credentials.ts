import type { IceServer } from '../../contract/media.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'

/** Gives clients the STUN and TURN servers, and renews credentials before they expire. */
export interface TurnCredentials {
  /** Returns the servers for the person of this socket. While it is in a show, `media:iceServers` renews them. */
  give(socket: AmbientSocket): IceServer[]
}

export interface TurnCredentialsParts {
  /** The servers for a person, with credentials that expire soon. */
  iceServers(userId: string): IceServer[]
  renewAfterMs: number
}

export function createTurnCredentials({ iceServers, renewAfterMs }: TurnCredentialsParts): TurnCredentials {
  const timers = new WeakMap<AmbientSocket, NodeJS.Timeout>()

  function renew(socket: AmbientSocket): void {
    // A person who left, or was removed or banned, gets no credentials any more.
    if (socket.connected && socket.data.membership) socket.emit('media:iceServers', { iceServers: give(socket) })
  }

  function give(socket: AmbientSocket): IceServer[] {
    const servers = iceServers(socket.data.identity.userId)
    if (servers.every(({ credential }) => credential === undefined)) return servers
    if (!timers.has(socket)) socket.once('disconnect', () => clearTimeout(timers.get(socket)))
    clearTimeout(timers.get(socket))
    timers.set(socket, setTimeout(renew, renewAfterMs, socket).unref())
    return servers
  }

  return { give }
}
