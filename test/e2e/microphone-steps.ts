import type { Test } from 'tap'
import type { Visitor } from './browser.ts'
import { measureHeard, waitUntilHearsMore } from './listening.ts'
import { goLive, joinShow, signInVisitor } from './show-steps.ts'

/** Opens a show with a host who is heard, and a listener. */
export async function openHeardShow(
  t: Test,
  url: string,
  viewport: { width: number; height: number }
): Promise<{ host: Visitor; listener: Visitor }> {
  const host = await signInVisitor(url, 'Host', { viewport })
  const listener = await signInVisitor(url, 'Listener')
  t.teardown(async () => await Promise.all([host.close(), listener.close()]))
  await joinShow(listener, await goLive(host, 'A show with a microphone'))
  await waitUntilHearsMore(listener)
  return { host, listener }
}

/** Makes Chromium block microphones, as after a person has chosen that in the settings of the site. */
export async function blockMicrophone({ context }: Visitor): Promise<void> {
  // An empty grant alone would add nothing to what is allowed.
  await context.clearPermissions()
  await context.grantPermissions([])
}

/** Makes Chromium allow microphones again. */
export async function allowMicrophone({ context }: Visitor): Promise<void> {
  await context.grantPermissions(['microphone'])
}

/** Stands in for a browser that does not tell whether it will ask for the microphone. Chromium always tells. */
export async function hidePermissions({ context }: Visitor): Promise<void> {
  await context.addInitScript(() => {
    navigator.permissions.query = async () => await Promise.reject(new TypeError('microphone is not a permission'))
  })
}

/** Names of the events with which a browser says that a microphone has failed, or works again. */
type TrackEvent = 'ended' | 'mute' | 'unmute'

/**
 * Stands in for a microphone that fails: headless browsers have none to unplug. Stops the track that the page sends, or
 * marks it as muted, and dispatches the event of the browser.
 */
export async function failMicrophone({ page }: Visitor, event: TrackEvent): Promise<void> {
  await page.evaluate(event => {
    const { peerConnections } = window as { peerConnections?: RTCPeerConnection[] }
    const senders = (peerConnections ?? []).flatMap(connection => connection.getSenders())
    for (const { track } of senders) {
      if (track?.kind !== 'audio' || track.readyState !== 'live') continue
      if (event === 'ended') track.stop()
      else Object.defineProperty(track, 'muted', { value: event === 'mute', configurable: true })
      track.dispatchEvent(new Event(event))
    }
  }, event)
}

/** Returns the labels of the tracks that a page sends at the moment. */
export async function sentMicrophones({ page }: Visitor): Promise<string[]> {
  return await page.evaluate(() => {
    const { peerConnections } = window as { peerConnections?: RTCPeerConnection[] }
    return (peerConnections ?? [])
      .filter(({ connectionState }) => connectionState !== 'closed')
      .flatMap(connection => connection.getSenders())
      .flatMap(({ track }) => (track?.readyState === 'live' ? [track.label] : []))
  })
}

/** Waits until a visitor receives no sound. */
export async function waitUntilHearsNothing(visitor: Visitor): Promise<void> {
  for (;;) {
    const { energy } = await measureHeard(visitor, 500)
    if (energy < 0.001) return
  }
}
