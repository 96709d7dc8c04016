import { setTimeout as sleep } from 'node:timers/promises'
import type { Comment } from '../../contract/comments.ts'
import type { Page as PageOf } from '../../contract/paging.ts'
import { startBehind, type Behind } from '../nginx/behind.ts'
import { connectClient, signIn, type TestUser } from '../users.ts'
import type { Visitor } from './browser.ts'
import { untilHearsMore, untilHearsSteadily } from './hearing.ts'
import { arrive, comment, goLive, listenTo } from './moves.ts'

/** What one restart cost those who were in the show. */
export interface RestartReport {
  /** From the signal to the end of the process. */
  stoppingMs: number
  /** From there to the server's word that it is ready again. */
  startingMs: number
  /** The longest time the listener heard nothing, to some 50 ms. */
  audioGapMs: number
  /** Typed in a browser meanwhile. */
  typed: number
  /** Sent over a socket until it ended, and answered with success. */
  acknowledged: number
  /** Of both, how many the server does not have afterwards, and how many it has twice. */
  lost: number
  doubled: number
  /** Of the typed, how many the host does not see. */
  unseen: number
}

/** A live show behind NGINX with two people in browsers. */
export interface RestartShow {
  restart(): Promise<RestartReport>
  close(): Promise<void>
}

const typeEveryMs = 250
const sendEveryMs = 100
const aroundMs = 1000
const plenty = '100000'

export async function openRestartShow(): Promise<RestartShow> {
  const behind = await startBehind({ server: { LIMIT_COMMENTS_PER_10S: plenty, LIMIT_EVENTS_PER_10S: plenty } })
  const home = await behind.front.authority.trustingHome()
  const host = await arrive(behind.url, 'Host', { home, frequencyHz: 440 })
  const listener = await arrive(behind.url, 'Listener', { home })
  const address = await goLive(host, 'A show that goes on')
  await listenTo(listener, address)
  await untilHearsMore(listener)
  // A browser on a busy machine may take long to do as it is told.
  for (const { page } of [host, listener]) page.setDefaultTimeout(90_000)
  const sender = await signIn(behind.url, 'Sender')
  let round = 0
  return {
    restart: async () =>
      await restartOnce({ behind, host, listener, sender, showId: address.split('/').at(-1) ?? '', round: ++round }),
    async close() {
      await Promise.all([host.close(), listener.close()])
      await behind.close()
    }
  }
}

interface Round {
  behind: Behind
  host: Visitor
  listener: Visitor
  sender: TestUser
  showId: string
  round: number
}

async function restartOnce({ behind, host, listener, sender, showId, round }: Round): Promise<RestartReport> {
  await untilHearsSteadily(listener, 1)
  await listener.page.evaluate(watchSilence)
  const typing = keepTyping(listener, `typed-${round}-`)
  const sending = await keepSending(behind.url, sender, showId, `sent-${round}-`)
  await sleep(aroundMs)
  const toldAt = performance.now()
  await behind.server.stop()
  const goneAt = performance.now()
  await behind.server.restart()
  const [stoppingMs, startingMs] = [goneAt - toldAt, performance.now() - goneAt]
  await untilHearsSteadily(listener, 1)
  const typed = await typing.stop()
  const acknowledged = await sending.untilEnded()
  await Promise.all(typed.map(async text => await listener.page.getByText(text, { exact: true }).first().waitFor()))
  // Whoever wrote sees it at once; the server has it when another one does.
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
  const kept = await commentsOf(sender, showId)
  const wanted = [...typed, ...acknowledged]
  const times = wanted.map(text => kept.filter(one => one === text).length)
  return {
    stoppingMs,
    startingMs,
    audioGapMs,
    typed: typed.length,
    acknowledged: acknowledged.length,
    lost: times.filter(n => n === 0).length,
    doubled: times.filter(n => n > 1).length,
    unseen
  }
}

/** Types on, whatever becomes of the connection. */
function keepTyping(visitor: Visitor, prefix: string): { stop(): Promise<string[]> } {
  const typed: string[] = []
  const over = new AbortController()
  const done = (async () => {
    while (!over.signal.aborted) {
      const text = `${prefix}${typed.length}`
      await comment(visitor, text)
      typed.push(text)
      await sleep(typeEveryMs)
    }
  })()
  // Told where it is waited for.
  done.catch(() => {})
  return {
    async stop() {
      over.abort()
      await done
      return typed
    }
  }
}

/** Sends on until the socket ends. */
async function keepSending(
  url: string,
  person: TestUser,
  showId: string,
  prefix: string
): Promise<{ untilEnded(): Promise<string[]> }> {
  const seat = await connectClient(url, person.token, { showId })
  await seat.join(showId)
  const acknowledged: string[] = []
  const done = (async () => {
    for (let n = 0; seat.socket.connected; n++) {
      const text = `${prefix}${n}`
      seat.request('comment:send', { clientId: text, text }).then(
        () => acknowledged.push(text),
        () => {}
      )
      await sleep(sendEveryMs)
    }
  })()
  return {
    async untilEnded() {
      await done
      return acknowledged
    }
  }
}

/** The texts of all comments of a show. */
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

/** Runs in the page: from now on notes the longest time without any sound. */
function watchSilence(): void {
  const kept = (window as { keptPeerConnections?: RTCPeerConnection[] }).keptPeerConnections ?? []
  const energies = new Map<string, number>()
  const watch = { longestMs: 0, heardAt: performance.now(), isOver: false }
  Object.assign(window, { silenceWatch: watch })
  const look = async (): Promise<void> => {
    let isHeard = false
    for (const [n, connection] of kept.entries()) {
      if (connection.connectionState === 'closed') continue
      for (const { type, kind, id, totalAudioEnergy = 0 } of (await connection.getStats()).values()) {
        if (type !== 'inbound-rtp' || kind !== 'audio') continue
        const before = energies.get(`${n} ${id}`)
        if (before !== undefined && totalAudioEnergy > before) isHeard = true
        energies.set(`${n} ${id}`, totalAudioEnergy)
      }
    }
    const now = performance.now()
    watch.longestMs = Math.max(watch.longestMs, now - watch.heardAt)
    if (isHeard) watch.heardAt = now
    if (!watch.isOver) setTimeout(look, 20)
  }
  look()
}

/** Runs in the page: the longest time without sound since then, ms. */
function readSilence(): number {
  const { silenceWatch } = window as { silenceWatch?: { longestMs: number; isOver: boolean } }
  if (!silenceWatch) return NaN
  silenceWatch.isOver = true
  return silenceWatch.longestMs
}
