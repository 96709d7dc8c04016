import { lazy, useState, type ComponentType } from 'react'

/** A page that is loaded on demand, or before it is needed. */
export interface LazyPage<P extends object> {
  Page: ComponentType<P>
  /** Loads the page, so that it is there at once when it is shown. Rejects when it cannot be loaded. */
  preload(): Promise<void>
}

/**
 * Makes a page of a function that loads it. A page that is loaded already renders at once: React would show the
 * fallback of a lazy component, and keep it for 300 ms.
 */
export function lazyPage<P extends object>(load: () => Promise<ComponentType<P>>): LazyPage<P> {
  let Loaded: ComponentType<P> | null = null
  const OnDemand: ComponentType<P> = lazy(async () => ({ default: await load() }))

  function Page(props: P) {
    // Chosen once, because another choice would mount the page again.
    const [Content] = useState(() => Loaded ?? OnDemand)
    return <Content {...props} />
  }

  return {
    Page,
    async preload() {
      Loaded = await load()
    }
  }
}
