import type { ListenerSource } from '../../../contract/audience-events.ts'

const sources: readonly string[] = ['discover', 'follow', 'link'] satisfies ListenerSource[]

/** Returns the state of a link to a show: where on the site the person found it. The page of the show reads it. */
export const foundBy = (source: ListenerSource) => ({ source })

/** Returns how the person found the show of this page: a link outside of the site when no page of it led here. */
export function joinSource(state: unknown = window.history.state): ListenerSource {
  const source = typeof state === 'object' && state !== null && 'source' in state ? state.source : undefined
  return isSource(source) ? source : 'link'
}

function isSource(value: unknown): value is ListenerSource {
  return typeof value === 'string' && sources.includes(value)
}
