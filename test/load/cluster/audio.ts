import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { step } from '../../../scripts/progress.ts'
import { openSpeakerPeer } from '../../audio-peers.ts'
import { goLive } from '../../users.ts'
import type { ListenerReport, ListenOrder } from './listener-process.ts'
import { median, sum } from './figures.ts'
import type { Setup } from './setups.ts'

/** The cost of one voice to many listeners. */
export interface AudioCost {
  readonly name: string
  readonly listeners: number
  /** Of Node.js and the media workers of all nodes, median of the turns. */
  readonly microsPerPacket: number
  readonly redisPercent: number
  readonly delivered: number
  readonly lost: number
}

export interface AudioOptions {
  listeners: number
  turns: number
  turnSeconds: number
}

const packetIntervalMs = 20
/** A speaker who is silent sends a packet in this interval, as Opus does. */
const silenceIntervalMs = 400
const speechBytes = 80
const silenceBytes = 1
/** For packets on their way, ms. */
const settleMs = 700

/** One setup with its speaker and its listeners, spread evenly over its nodes. */
interface Stage {
  readonly setup: Setup
  readonly processes: ChildProcess[]
  readonly results: { microsPerPacket: number; redisPercent: number; delivered: number; lost: number }[]
  send(bytes: number): void
  end(): Promise<void>
}

/** Measures the setups in turns: in each, the speaker of one of them talks and the others are silent. */
export async function measureAudio(setups: readonly Setup[], options: AudioOptions): Promise<AudioCost[]> {
  const stages: Stage[] = []
  try {
    for (const setup of setups) stages.push(await openStage(setup, options.listeners))
    for (let turn = 0; turn < options.turns; turn++) {
      for (const stage of stages) await takeTurn(stage, stages, options.turnSeconds)
      step(`audio: turn ${turn + 1} of ${options.turns}`)
    }
  } finally {
    for (const stage of stages) await stage.end()
  }
  return stages.map(({ setup, results }) => ({
    name: setup.name,
    listeners: options.listeners,
    microsPerPacket: median(results.map(({ microsPerPacket }) => microsPerPacket)),
    redisPercent: median(results.map(({ redisPercent }) => redisPercent)),
    delivered: sum(results.map(({ delivered }) => delivered)),
    lost: sum(results.map(({ lost }) => lost))
  }))
}

async function openStage(setup: Setup, listeners: number): Promise<Stage> {
  const { client, showId, creator } = await goLive(setup.nodes[0].url)
  const speaker = await openSpeakerPeer(client)
  const producerId = await speaker.produce()
  const processes: ChildProcess[] = []
  const perNode = listeners / setup.nodes.length
  const timer = setInterval(() => speaker.peer.send(silenceBytes), silenceIntervalMs)
  await Promise.all(
    setup.nodes.map(async ({ url }) => {
      const child = fork(join(import.meta.dirname, 'listener-process.ts'))
      processes.push(child)
      child.send({ url, showId, producerId, count: perNode } satisfies ListenOrder)
      await answerOf(child)
      step(`audio: ${perNode} WebRTC listeners at one node of ${setup.name}`)
    })
  )
  clearInterval(timer)
  return {
    setup,
    processes,
    results: [],
    send: bytes => speaker.peer.send(bytes),
    async end() {
      for (const child of processes) child.disconnect()
      client.disconnect()
      await creator.rest('POST', `/v1/shows/${showId}/end`)
    }
  }
}

async function takeTurn(stage: Stage, stages: readonly Stage[], seconds: number): Promise<void> {
  const { setup, processes, results } = stage
  const silent = setInterval(() => {
    for (const other of stages) if (other !== stage) other.send(silenceBytes)
  }, silenceIntervalMs)
  await sleep(settleMs)
  await reports(processes)
  const [before, startedAt] = [await setup.cpu(), performance.now()]
  const sent = await talk(stage, seconds)
  await sleep(settleMs)
  const [after, tookMs] = [await setup.cpu(), performance.now() - startedAt]
  const packets = await reports(processes)
  clearInterval(silent)
  const delivered = sum(packets)
  results.push({
    microsPerPacket: (after.servers - before.servers) / delivered,
    redisPercent: (after.redis - before.redis) / tookMs / 10,
    delivered,
    lost: sent * packets.length - delivered
  })
}

/** Sends speech in the pace of real time, also when this process was late; returns the number of packets. */
async function talk({ send }: Stage, seconds: number): Promise<number> {
  const [total, startedAt] = [(seconds * 1000) / packetIntervalMs, performance.now()]
  let sent = 0
  while (sent < total) {
    const due = Math.min(total, Math.floor((performance.now() - startedAt) / packetIntervalMs) + 1)
    for (; sent < due; sent++) send(speechBytes)
    await sleep(packetIntervalMs / 2)
  }
  return sent
}

async function reports(processes: readonly ChildProcess[]): Promise<number[]> {
  const answers = await Promise.all(
    processes.map(async child => {
      child.send('report')
      return await answerOf(child)
    })
  )
  return answers.flatMap(answer => ('packets' in answer ? answer.packets : []))
}

async function answerOf(child: ChildProcess): Promise<ListenerReport> {
  const answered = new AbortController()
  const { signal } = answered
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([report]): ListenerReport => report),
      once(child, 'exit', { signal }).then(() => {
        throw new Error('a process of listeners ended: a listener could not connect')
      })
    ])
  } finally {
    answered.abort()
  }
}
