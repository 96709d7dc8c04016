import type { types } from 'mediasoup-client'
import type { Ask } from './connection.ts'

export interface PathRepairParts {
  ask: Ask
  connected: () => void
  /** ICE did not help: the transport has to be made anew. */
  broken: () => void
}

/** Watches a transport's path to the server. One that breaks is tried anew by ICE, once; when that does not help it is given up. */
export function repairPath(transport: types.Transport, { ask, connected, broken }: PathRepairParts): void {
  let restarted = false

  async function restart(): Promise<void> {
    restarted = true
    try {
      const { iceParameters, iceServers } = await ask('media:restartIce', { transportId: transport.id })
      await transport.updateIceServers({ iceServers })
      await transport.restartIce({ iceParameters: { iceLite: true, ...iceParameters } })
    } catch {
      if (!transport.closed) broken()
    }
  }

  transport.on('connectionstatechange', state => {
    if (state === 'connected') {
      restarted = false
      connected()
    }
    if ((state === 'disconnected' || state === 'failed') && !restarted) restart()
    else if (state === 'failed') broken()
  })
}
