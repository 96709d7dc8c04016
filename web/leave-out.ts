import type { Plugin } from 'vite'

const emptyModule = '\0empty-module'

/** Modules of dependencies, by the end of their path, that no code path of this page runs. */
const unusedModules: readonly RegExp[] = [
  // H.264 is video, and our routers offer audio only. mediasoup-client compares its profiles when a router offers it.
  /^h264-profile-level-id$/,
  // mediasoup-client 3.24 loads these for tests and for React Native, whatever the platform.
  /^\.\/handlers\/(FakeHandler|ReactNative106)$/,
  /^\.\/test\/fakeParameters$/
]

/** Leaves modules out of the build that no page runs, so that listeners do not load them. */
export function leaveOut(): Plugin {
  return {
    name: 'leave-out',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer) {
      const isUnused = importer?.includes('/mediasoup-client/') && unusedModules.some(module => module.test(source))
      return isUnused ? emptyModule : null
    },
    load: id => (id === emptyModule ? 'module.exports = {}' : null)
  }
}
