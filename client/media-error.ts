/**
 * Returns the name of what `getUserMedia` or `play` threw, such as `NotAllowedError`; empty when it has none. React
 * Native has no DOMException, and react-native-webrtc rejects with an object that is no Error.
 */
export function mediaErrorName(error: unknown): string {
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : ''
  return typeof name === 'string' ? name : ''
}
