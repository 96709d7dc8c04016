import { Device, type types } from 'mediasoup-client'
import type { RtpCapabilities } from '../contract/media.ts'
import { deviceCapabilities } from './media-parameters.ts'

/** The platform has no WebRTC and the app passed none. Trying again does not help. */
export class NoWebRtcError extends Error {
  override readonly name = 'NoWebRtcError'

  constructor() {
    super('This platform has no WebRTC. Pass a handlerFactory to createAmbient to send and receive audio.')
  }
}

/**
 * Loads the mediasoup device with the WebRTC of the app or of the platform, and with the capabilities of the router.
 * @throws NoWebRtcError when there is none
 */
export async function loadDevice(
  handlerFactory: types.HandlerFactory | undefined,
  routerRtpCapabilities: RtpCapabilities
): Promise<types.Device> {
  const device = await createDevice(handlerFactory)
  await device.load({ routerRtpCapabilities: deviceCapabilities(routerRtpCapabilities) })
  return device
}

async function createDevice(handlerFactory: types.HandlerFactory | undefined): Promise<types.Device> {
  if (handlerFactory) return new Device({ handlerFactory })
  try {
    return await Device.factory()
  } catch (error) {
    throw error instanceof Error && error.name === 'UnsupportedError' ? new NoWebRtcError() : error
  }
}
