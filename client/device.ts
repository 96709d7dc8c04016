import { Device, type types } from 'mediasoup-client'

/** The platform has no WebRTC and the app passed none. Trying again does not help. */
export class NoWebRtcError extends Error {
  override readonly name = 'NoWebRtcError'

  constructor() {
    super('This platform has no WebRTC. Pass a handlerFactory to createAmbient to send and receive audio.')
  }
}

/**
 * Creates the mediasoup device with the WebRTC of the app or of the platform.
 * @throws NoWebRtcError when there is none
 */
export async function createDevice(handlerFactory: types.HandlerFactory | undefined): Promise<types.Device> {
  if (handlerFactory) return new Device({ handlerFactory })
  try {
    return await Device.factory()
  } catch (error) {
    throw error instanceof Error && error.name === 'UnsupportedError' ? new NoWebRtcError() : error
  }
}
