import { Device, type types } from 'mediasoup-client'
import type { RtpCapabilities } from '../contract/media.ts'
import { deviceCapabilities } from './media-parameters.ts'

/** The platform has no WebRTC that the SDK can use, and the app passed none. Trying again does not help. */
export class NoWebRtcError extends Error {
  override readonly name = 'NoWebRtcError'

  constructor(cause: unknown) {
    super('This platform has no WebRTC. Pass a handlerFactory to createAmbient to send and receive audio.', { cause })
  }
}

/**
 * Loads the mediasoup device with the WebRTC of the app or of the platform, and with the capabilities of the router.
 * @throws NoWebRtcError when there is none, or none that works
 */
export async function loadDevice(
  handlerFactory: types.HandlerFactory | undefined,
  routerRtpCapabilities: RtpCapabilities
): Promise<types.Device> {
  try {
    const device = handlerFactory ? new Device({ handlerFactory }) : await Device.factory()
    await device.load({ routerRtpCapabilities: deviceCapabilities(routerRtpCapabilities) })
    return device
  } catch (error) {
    // A browser that is not known, one whose WebRTC is switched off, or one without a common codec.
    throw new NoWebRtcError(error)
  }
}
