import type { Plugin } from 'vite'

const prefix = '\0left-out:'
const emptyModule = 'module.exports = {}'
const silentDebug = 'module.exports = () => () => {}'
const unsupportedHandler = `exports.Chrome74 = {
  createFactory() {
    throw Object.assign(new Error('device not supported'), { name: 'UnsupportedError' })
  }
}`

/** Modules of dependencies, by their name in the importer, that no page needs, and what stands in for them. */
const unneededModules: readonly { module: RegExp; code: string }[] = [
  // H.264 is video, and our routers offer audio only. mediasoup-client compares its profiles when a router offers it.
  { module: /^h264-profile-level-id$/, code: emptyModule },
  // mediasoup-client 3.24 loads these for tests and for React Native, whatever the platform.
  { module: /^\.\/handlers\/(FakeHandler|ReactNative106)$/, code: emptyModule },
  { module: /^\.\/test\/fakeParameters$/, code: emptyModule },
  // For Chromium before 111, which knows none of the colours of our pages either.
  { module: /^\.\/handlers\/Chrome74$/, code: unsupportedHandler },
  // Nothing here sends data beside the audio.
  { module: /^\.\/Data(Producer|Consumer)$/, code: emptyModule },
  // Writes to the console when a developer asks for it in `localStorage`.
  { module: /^debug$/, code: silentDebug },
  // Our sockets use WebSocket only.
  { module: /^\.\/polling-xhr\.node\.js$/, code: 'export const XHR = undefined' },
  { module: /^\.\/webtransport\.js$/, code: 'export const WT = undefined' }
]
const importers = /\/(mediasoup-client|awaitqueue|engine\.io-client)\//

/** Leaves modules out of the build that no page needs, so that listeners do not load them. */
export function leaveOut(): Plugin {
  return {
    name: 'leave-out',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!importer || !importers.test(importer)) return null
      const index = unneededModules.findIndex(({ module }) => module.test(source))
      return index === -1 ? null : `${prefix}${index}`
    },
    load: id => (id.startsWith(prefix) ? (unneededModules[Number(id.slice(prefix.length))]?.code ?? null) : null)
  }
}
