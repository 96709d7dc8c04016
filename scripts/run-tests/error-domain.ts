import { AsyncLocalStorage, AsyncResource, executionAsyncId } from 'node:async_hooks'

type OnError = (error: unknown, origin: string) => void

/**
 * Replaces the class of the package async-hook-domain, with which tap finds the test that an uncaught error belongs to.
 * The package observes every promise with hooks, which takes a seventh of the CPU time of a test that starts the
 * application. This class uses an AsyncLocalStorage, which needs no hooks in Node.js 24.
 */
export class Domain {
  readonly onerror: OnError
  readonly parent = current.getStore()
  /** The resource in which tap runs the test of this domain. */
  readonly #resourceId = executionAsyncId()
  destroyed = false

  constructor(onerror: OnError) {
    this.onerror = onerror
    domains.set(this.#resourceId, this)
    if (domains.size === 1) listen()
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    if (domains.get(this.#resourceId) === this) domains.delete(this.#resourceId)
    if (domains.size === 0) stopListening()
  }
}

const current = new AsyncLocalStorage<Domain>()
/** Domains that are not destroyed, by the id of their resource, in the order of their creation. */
const domains = new Map<number, Domain>()

const { runInAsyncScope } = AsyncResource.prototype
/** Enters the domain that was created in this resource: tap runs each test in a resource of its own. */
AsyncResource.prototype.runInAsyncScope = function <This, Result>(
  this: AsyncResource,
  fn: (this: This, ...args: unknown[]) => Result,
  thisArg: This,
  ...args: unknown[]
): Result {
  const domain = domains.get(this.asyncId())
  const run = () => fn.apply(thisArg, args)
  return runInAsyncScope.call<AsyncResource, [() => Result], Result>(
    this,
    domain === undefined ? run : () => current.run(domain, run)
  )
}

/** Returns the domain of the running code, or its nearest parent that is not destroyed. */
function findDomain(): Domain | undefined {
  let domain = current.getStore()
  while (domain?.destroyed) domain = domain.parent
  return domain ?? domains.values().next().value
}

function listen(): void {
  process.on('uncaughtExceptionMonitor', onException)
  process.on('unhandledRejection', onRejection)
}

function stopListening(): void {
  process.off('uncaughtExceptionMonitor', onException)
  process.off('unhandledRejection', onRejection)
}

function onRejection(error: unknown): void {
  if (process.listenerCount('unhandledRejection') > 1) return
  findDomain()?.onerror(error, 'unhandledRejection')
}

function onException(error: unknown, origin: string): void {
  if (process.hasUncaughtExceptionCaptureCallback() || process.listenerCount('uncaughtException') > 0) return
  const domain = findDomain()
  if (domain === undefined) return
  domain.onerror(error, origin)
  process.setUncaughtExceptionCaptureCallback(() => process.setUncaughtExceptionCaptureCallback(null))
}
