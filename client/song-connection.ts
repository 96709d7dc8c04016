import { Connection } from './connection.ts'
import type { SongUpdateFeedParts, SongUpdateListener } from './song-updates.ts'
import { startTokenRenewal } from './token-renewal.ts'

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
