import { setTimeout as sleep } from 'node:timers/promises'
import type { Comment } from '../../contract/comments.ts'
import type { Page as PageOf } from '../../contract/paging.ts'
import { startBehind, type Behind } from '../nginx/behind.ts'
import type { ServerProcess } from '../server-process.ts'
import { connectClient, signIn, type TestUser } from '../users.ts'
import type { Visitor } from './browser.ts'
import { waitUntilHearsMore, waitUntilHearsSteadily } from './listening.ts'
import { signInVisitor, postComment, goLive, joinShow } from './show-steps.ts'

/** The effect of one restart on the people in the show. */
export interface RestartReport {
  /** From the signal until the process has ended. */
  stoppingMs: number
  /** From the end of the old process until the new one is ready. */
  startingMs: number
  /** The longest time without sound for the listener, accurate to about 50 ms. */
  audioGapMs: number
  /** Comments typed in a browser during the restart. */
  typed: number
  /** Comments sent over a socket until it closed, and acknowledged with success. */
  acknowledged: number
  /** How many of these comments the server does not have afterwards, and how many it has twice. */
  lost: number
  doubled: number
  /** How many of the typed comments the host does not see. */
  unseen: number
}

/** A live show behind NGINX with two people in browsers. */
export interface RestartShow {
  readonly showId: string
  /** Restarts a server behind NGINX. `onSignal` is called when it is told to stop. */
  restart(server: Pick<ServerProcess, 'stop' | 'restart'>, onSignal?: () => void): Promise<RestartReport>
  close(): Promise<void>
}

const typeEveryMs = 250
const sendEveryMs = 100
const aroundMs = 1000
const noLimit = '100000'

/** Opens a show behind NGINX with one server. */
export async function openRestartShow(): Promise<Omit<RestartShow, 'restart'> & { restart(): Promise<RestartReport> }> {
  const behind = await startBehind({ server: { LIMIT_COMMENTS_PER_10S: noLimit, LIMIT_EVENTS_PER_10S: noLimit } })
  const show = await openShowBehind(behind)
  return { ...show, restart: async () => await show.restart(behind.server) }
}

/** Opens a show on the servers behind NGINX. `close` also closes NGINX. */
export async function openShowBehind(behind: Omit<Behind, 'server'>): Promise<RestartShow> {
  const home = await behind.front.authority.createTrustingHome()
  const host = await signInVisitor(behind.url, 'Host', { home, frequencyHz: 440 })
  const listener = await signInVisitor(behind.url, 'Listener', { home })
  const address = await goLive(host, 'A show that goes on')
  await joinShow(listener, address)
  await waitUntilHearsMore(listener)
  // A browser on a busy machine can be slow.
  for (const { page } of [host, listener]) page.setDefaultTimeout(90_000)
  const sender = await signIn(behind.url, 'Sender')
  let round = 0
  const showId = address.split('/').at(-1) ?? ''
  return {
    showId,
    restart: async (server, onSignal = () => {}) =>
      await restartOnce({ behind, server, onSignal, host, listener, sender, showId, round: ++round }),
    async close() {
      await Promise.all([host.close(), listener.close()])
      await behind.close()
    }
  }
}

interface Round {
  behind: Pick<Behind, 'url'>
  server: Pick<ServerProcess, 'stop' | 'restart'>
  onSignal: () => void
  host: Visitor
  listener: Visitor
  sender: TestUser
  showId: string
  round: number
}

async function restartOnce({
  behind,
  server,
  onSignal,
  host,
  listener,
  sender,
  showId,
  round
}: Round): Promise<RestartReport> {
  await waitUntilHearsSteadily(listener, 1)
  await listener.page.evaluate(watchSilence)
  const typing = keepTyping(listener, `typed-${round}-`)
  const sending = await keepSending(behind.url, sender, showId, `sent-${round}-`)
  await sleep(aroundMs)
  const signaledAt = performance.now()
  onSignal()
  await server.stop()
  const stoppedAt = performance.now()
  await server.restart()
  const [stoppingMs, startingMs] = [stoppedAt - signaledAt, performance.now() - stoppedAt]
  await waitUntilHearsSteadily(listener, 1)
  const typed = await typing.stop()
  const acknowledged = await sending.stop()
  await Promise.all(typed.map(async text => await listener.page.getByText(text, { exact: true }).first().waitFor()))
  // Authors see their comments at once. A comment that another person sees, too, has reached the server.
  const unseen = (
    await Promise.all(
      typed.map(
        async text =>
          await host.page
            .getByText(text, { exact: true })
            .first()
            .waitFor({ state: 'attached' })
            .then(
              () => 0,
              () => 1
            )
      )
    )
  ).reduce((sum: number, one) => sum + one, 0)
  const audioGapMs = await listener.page.evaluate(readSilence)
  const stored = await commentsOf(sender, showId)
  const expected = [...typed, ...acknowledged]
  const counts = expected.map(text => stored.filter(other => other === text).length)
  return {
    stoppingMs,
    startingMs,
    audioGapMs,
    typed: typed.length,
    acknowledged: acknowledged.length,
    lost: counts.filter(n => n === 0).length,
    doubled: counts.filter(n => n > 1).length,
    unseen
  }
}

/** Types comments until it is stopped, with or without a connection. */
function keepTyping(visitor: Visitor, prefix: string): { stop(): Promise<string[]> } {
  const typed: string[] = []
  const stopped = new AbortController()
  const done = (async () => {
    while (!stopped.signal.aborted) {
      const text = `${prefix}${typed.length}`
      await postComment(visitor, text)
      typed.push(text)
      await sleep(typeEveryMs)
    }
  })()
  // An error is reported by `stop`.
  done.catch(() => {})
  return {
    async stop() {
      stopped.abort()
      await done
      return typed
    }
  }
}

/** Sends comments over a socket until it closes, or is stopped: it may be at another node. */
async function keepSending(
  url: string,
  person: TestUser,
  showId: string,
  prefix: string
): Promise<{ stop(): Promise<string[]> }> {
  const client = await connectClient(url, person.token, { showId })
  await client.join(showId)
  const acknowledged: string[] = []
  const stopped = new AbortController()
  const done = (async () => {
    for (let n = 0; client.socket.connected && !stopped.signal.aborted; n++) {
      const text = `${prefix}${n}`
      client.request('comment:send', { clientId: text, text }).then(
        () => acknowledged.push(text),
        () => {}
      )
      await sleep(sendEveryMs)
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await done
      client.disconnect()
      return acknowledged
    }
  }
}

/** Returns the texts of all comments of a show. */
async function commentsOf(person: TestUser, showId: string): Promise<string[]> {
  const texts: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: PageOf<Comment> = await person.rest(
      'GET',
      `/v1/shows/${showId}/comments?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`
    )
    texts.push(...page.items.map(({ text }) => text))
    cursor = page.nextCursor
  }
  return texts
}

/** Runs in the page: from now on measures the longest time without sound. */
function watchSilence(): void {
  const connections = (window as { peerConnections?: RTCPeerConnection[] }).peerConnections ?? []
  const energies = new Map<string, number>()
  const watch = { maxSilenceMs: 0, heardAt: performance.now(), isOver: false }
  Object.assign(window, { silenceWatch: watch })
  const measure = async (): Promise<void> => {
    let isHeard = false
    for (const [n, connection] of connections.entries()) {
      if (connection.connectionState === 'closed') continue
      for (const { type, kind, id, totalAudioEnergy = 0 } of (await connection.getStats()).values()) {
        if (type !== 'inbound-rtp' || kind !== 'audio') continue
        const before = energies.get(`${n} ${id}`)
        if (before !== undefined && totalAudioEnergy > before) isHeard = true
        energies.set(`${n} ${id}`, totalAudioEnergy)
      }
    }
    const now = performance.now()
    watch.maxSilenceMs = Math.max(watch.maxSilenceMs, now - watch.heardAt)
    if (isHeard) watch.heardAt = now
    if (!watch.isOver) setTimeout(measure, 20)
  }
  measure()
}

/** Runs in the page: returns the longest time without sound, ms. */
function readSilence(): number {
  const { silenceWatch } = window as { silenceWatch?: { maxSilenceMs: number; isOver: boolean } }
  if (!silenceWatch) return NaN
  silenceWatch.isOver = true
  return silenceWatch.maxSilenceMs
}
