import type { FetchEvent, WorkerScope } from './worker-scope.ts'

const prefix = 'files-'
const offlinePage = '/offline.html'
const offlineScript = '/offline.js'

/** Addresses of the API, its documents and streams, whose answers never pass through here. */
const nonPagePath = /^\/(v1|live|docs|graphql|socket\.io)(\/|$)/

/**
 * Keeps the files of one build: those of the pages that many visits begin with, and each other one once it was loaded.
 * A page that is open during a release finds them later. HTML comes from the network, so the next navigation takes the
 * new release. The worker of a release waits until all pages of the one before are closed, and deletes its files then.
 */
export function serveCachedFiles(scope: WorkerScope): void {
  const { build, registration, location } = scope
  const cacheName = `${prefix}${build.name}`

  async function storeFiles(): Promise<void> {
    const cache = await caches.open(cacheName)
    // Without the page there is nothing to show, and the browser installs the worker at a later visit.
    await cache.addAll([offlinePage, offlineScript])
    // A file that does not arrive is stored when a page loads it.
    await Promise.allSettled(build.files.map(async file => await cache.add(file)))
  }

  async function deleteOldFiles(): Promise<void> {
    const names = await caches.keys()
    await Promise.all(
      names.filter(name => name.startsWith(prefix) && name !== cacheName).map(async name => await caches.delete(name))
    )
  }

  async function answerNavigation({ request, preloadResponse }: FetchEvent): Promise<Response> {
    try {
      return (await preloadResponse) ?? (await fetch(request))
    } catch {
      return (await caches.match(offlinePage)) ?? Response.error()
    }
  }

  async function answerAsset(event: FetchEvent): Promise<Response> {
    const { request } = event
    const cached = await caches.match(request)
    if (cached) return cached
    const response = await fetch(request)
    if (response.status === 200) event.waitUntil(store(request, response.clone()))
    return response
  }

  /** Stores a file for the next time. A full disk takes nothing from this one. */
  async function store(request: Request, response: Response): Promise<void> {
    const cache = await caches.open(cacheName)
    await cache.put(request, response).catch(() => {})
  }

  scope.addEventListener('install', event => event.waitUntil(storeFiles()))
  scope.addEventListener('activate', event => {
    // Otherwise a navigation would wait until the worker has started, and the first page would have none.
    event.waitUntil(Promise.all([deleteOldFiles(), registration.navigationPreload?.enable(), scope.clients.claim()]))
  })
  scope.addEventListener('fetch', event => {
    const { request } = event
    const { origin, pathname } = new URL(request.url)
    if (origin !== location.origin || nonPagePath.test(pathname)) return
    if (request.mode === 'navigate') event.respondWith(answerNavigation(event))
    else if (pathname.startsWith('/assets/') || pathname === offlineScript) event.respondWith(answerAsset(event))
  })
}
