import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'

/** Holds whether a call belongs to a request. */
const request = new AsyncLocalStorage<boolean>()
subscribe('http.server.request.start', () => request.enterWith(true))

/** Whether the caller runs for an HTTP request, and not for a task in the background, which may read the same data. */
export function isInRequest(): boolean {
  return request.getStore() === true
}
