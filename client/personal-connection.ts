import type { PlayerState } from '../contract/live.ts'
import type { SongMetadataUpdate } from '../contract/metadata.ts'
import type { SongUpdate } from '../contract/songs.ts'
import type { Account } from './account.ts'
import type { AnnouncementFeed } from './announcements.ts'
import type { Clock } from './clock.ts'
import { Connection, type ShowSocket } from './connection.ts'
import { startTokenRenewal } from './token-renewal.ts'

export interface SongUpdateListener {
  onUpdate?: (update: SongUpdate) => void
  onMetadata?: (update: SongMetadataUpdate) => void
  /** A connection was opened. Updates from before it may have been missed. */
  onMissed: () => void
}

export interface PersonalFeedParts {
  url: string
  account: Account
  clock: Clock
  announcements: AnnouncementFeed
}

/** Receives what the server sends to a person outside of shows too. */
export interface PersonalReceiver {
  /** Adds the listeners of events. */
  listenOn: (socket: ShowSocket) => void
  /** The connection is open, for the first time or again. */
  onConnected: () => void
  onLost: () => void
}

/** A connection outside of shows. */
export interface PersonalConnection {
  /** Throws CodedError, UNAVAILABLE while the connection is lost. */
  sendPlayerState(songId: string, state: PlayerState): Promise<void>
  close(): void
}

/** Opens a connection that receives the status of the user's songs and the live values. */
export function openPersonalConnection(parts: PersonalFeedParts, receiver: PersonalReceiver): PersonalConnection {
  const { account, clock } = parts
  let stopTokenRenewal: (() => void) | undefined
  const connection: Connection = new Connection({
    ...parts,
    onConnected: () => {
      connection.resetBackoff()
      stopTokenRenewal = startTokenRenewal({
        account,
        clock,
        presentedToken: connection.token,
        present: async token => await connection.sendCommand('auth:refresh', { token })
      })
      receiver.onConnected()
    },
    onLost: () => {
      stopTokenRenewal?.()
      receiver.onLost()
    },
    onClosed: receiver.onLost
  })
  receiver.listenOn(connection.socket)
  connection.open()
  return {
    async sendPlayerState(songId, state) {
      await connection.sendCommand('player:state', { songId, state })
    },
    close() {
      stopTokenRenewal?.()
      connection.close()
    }
  }
}
