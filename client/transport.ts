import type { types } from 'mediasoup-client'
import type { Reception } from '../contract/reception.ts'
import type { SendCommand } from './connection.ts'
import { restartIceOnFailure } from './ice-restart.ts'
import { sendParameters, transportOptions, wireDtlsParameters } from './media-parameters.ts'

export interface TransportParts {
  sendCommand: SendCommand
  /** Restricts the paths that media may take. Without it, they may take each path. */
  iceTransportPolicy?: RTCIceTransportPolicy
  /** A transport has a path to the server. */
  onConnected: () => void
  /** An operation without a waiting caller has failed: the media session has to be created again. */
  onBroken: () => void
}

/** A transport that the server has created. */
export interface CreatedTransport extends TransportParts {
  direction: 'send' | 'recv'
  answer: Reception['transport']
}

/** Creates this client's side of a transport, which connects, sends and recovers by commands to the server. */
export function wireTransport(
  device: types.Device,
  { direction, answer, sendCommand, onConnected, onBroken, iceTransportPolicy }: CreatedTransport
): types.Transport {
  const options = { ...transportOptions(answer), ...(iceTransportPolicy && { iceTransportPolicy }) }
  const transport = direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options)
  transport.on('connect', ({ dtlsParameters }, resolve, reject) => {
    sendCommand('media:connectTransport', {
      transportId: transport.id,
      dtlsParameters: wireDtlsParameters(dtlsParameters)
    }).then(resolve, reject)
  })
  transport.on('produce', ({ rtpParameters, appData }, resolve, reject) => {
    sendCommand('media:produce', {
      transportId: transport.id,
      kind: 'audio',
      rtpParameters: sendParameters(rtpParameters),
      muted: appData.muted === true
    }).then(({ producerId }) => resolve({ id: producerId }), reject)
  })
  restartIceOnFailure(transport, { sendCommand, onConnected, onBroken })
  return transport
}
