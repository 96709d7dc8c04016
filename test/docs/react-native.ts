import type { types } from 'mediasoup-client'
import { createFakeWebRtc, fakeTrack } from '../client/fake-audio.ts'

/*
 * Stands in for react-native-webrtc, its handler and react-native-mmkv, as far as the page for app developers uses them.
 */

/** Puts a microphone where the real one puts it. */
export function registerGlobals(): void {
  const mediaDevices = { getUserMedia: async () => ({ getAudioTracks: () => [fakeTrack()] }) }
  Object.defineProperty(globalThis.navigator, 'mediaDevices', { value: mediaDevices, configurable: true })
}

export const ReactNative106 = {
  createFactory: (_options: object): types.HandlerFactory => createFakeWebRtc().handlerFactory
}

export class MMKV {
  readonly #kept = new Map<string, string>()
  getString(key: string): string | undefined {
    return this.#kept.get(key)
  }
  set(key: string, value: string): void {
    this.#kept.set(key, value)
  }
  delete(key: string): void {
    this.#kept.delete(key)
  }
}
