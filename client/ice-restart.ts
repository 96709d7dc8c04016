import type { types } from 'mediasoup-client'
import type { SendCommand } from './connection.ts'

export interface IceRestartParts {
  sendCommand: SendCommand
  onConnected: () => void
  /** An ICE restart did not help: the transport has to be created again. */
  onBroken: () => void
}

/**
 * Restarts ICE once when the path of a transport to the server breaks, and reports the transport as broken if that
 * fails.
 */
export function restartIceOnFailure(
  transport: types.Transport,
  { sendCommand, onConnected, onBroken }: IceRestartParts
): void {
  let hasRestarted = false

  async function restart(): Promise<void> {
    hasRestarted = true
    try {
      const { iceParameters, iceServers } = await sendCommand('media:restartIce', { transportId: transport.id })
      await transport.updateIceServers({ iceServers })
      await transport.restartIce({ iceParameters: { iceLite: true, ...iceParameters } })
    } catch {
      if (!transport.closed) onBroken()
    }
  }

  transport.on('connectionstatechange', state => {
    if (state === 'connected') {
      hasRestarted = false
      onConnected()
    }
    if ((state === 'disconnected' || state === 'failed') && !hasRestarted) restart()
    else if (state === 'failed') onBroken()
  })
}
