import { setTimeout as sleep } from 'node:timers/promises'
import { step } from '../../../scripts/progress.ts'
import { goLive, joinShow, type ShowClient } from '../../users.ts'
import { percentile } from './figures.ts'
import type { Setup } from './setups.ts'

/** Times of one command, ms: sent by a member of the home, and by one of the other node. */
export interface CommandTimes {
  readonly command: string
  readonly home: { readonly p50: number; readonly p99: number }
  readonly edge: { readonly p50: number; readonly p99: number }
}

const pauseMs = 5
/** Compiled code and open connections, before anything counts. */
const warmUps = 50

/** Sends each command from both nodes in turn, one at a time. */
export async function measureCommands({ nodes: [home, edge] }: Setup, count: number): Promise<CommandTimes[]> {
  if (!edge) throw new Error('there is only one node')
  const { creator, client, showId } = await goLive(home.url)
  const members = [(await joinShow(home.url, showId)).client, (await joinShow(edge.url, showId)).client] as const
  let sent = 0
  const commands: Record<string, (member: ShowClient) => Promise<unknown>> = {
    'show:resync': async member => await member.request('show:resync', {}),
    'comment:send': async member => await member.request('comment:send', { clientId: `c${++sent}`, text: 'A comment' })
  }
  const times: CommandTimes[] = []
  for (const [command, send] of Object.entries(commands)) {
    const taken: [number[], number[]] = [[], []]
    for (let n = -warmUps; n < count; n++) {
      for (const at of [0, 1] as const) {
        const startedAt = performance.now()
        await send(members[at])
        if (n >= 0) taken[at].push(performance.now() - startedAt)
        await sleep(pauseMs)
      }
    }
    const [atHome, atEdge] = taken.map(values => ({ p50: percentile(values, 0.5), p99: percentile(values, 0.99) }))
    if (atHome && atEdge) times.push({ command, home: atHome, edge: atEdge })
    step(`commands: ${count} × ${command} at each node`)
  }
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  for (const one of [client, ...members]) one.disconnect()
  return times
}

/** Kills the home of a show; returns the times until a member of the other node got an answer to a command, ms. */
export async function measureTakeovers({ nodes: [home, edge] }: Setup, count: number): Promise<number[]> {
  if (!edge) throw new Error('there is only one node')
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const { client, showId } = await goLive(home.url)
    const { client: member } = await joinShow(edge.url, showId)
    await member.request('show:resync', {})
    const killedAt = performance.now()
    home.kill('SIGKILL')
    await home.waitForExit()
    // One command waits for 4 s at most.
    while (!(await member.requestRaw('show:resync', {})).ok) await sleep(10)
    times.push(performance.now() - killedAt)
    step(`takeover ${n + 1} of ${count}: ${Math.round(times.at(-1) ?? NaN)} ms`)
    for (const one of [client, member]) one.disconnect()
    await home.restart()
  }
  return times
}
