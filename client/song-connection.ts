import type { SongUpdate } from '../contract/songs.ts'
import type { Account } from './account.ts'
import type { Clock } from './clock.ts'
import { Connection } from './connection.ts'
import { startTokenRenewal } from './token-renewal.ts'

export interface SongUpdateListener {
  onUpdate: (update: SongUpdate) => void
  /** A connection was opened. Updates from before it may have been missed. */
  onMissed: () => void
}

export interface SongUpdateFeedParts {
  url: string
  account: Account
  clock: Clock
}

/** Opens a connection that receives the status updates of the user's songs. Returns a function that closes it. */
export function openSongConnection(parts: SongUpdateFeedParts, listener: SongUpdateListener): () => void {
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
      listener.onMissed()
    },
    onLost: () => stopTokenRenewal?.(),
    onClosed: () => {}
  })
  connection.socket.on('song:status', listener.onUpdate)
  connection.open()
  return () => {
    stopTokenRenewal?.()
    connection.close()
  }
}
