import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildGoProgram } from './go-program.ts'

/** Media packets and their bytes (with headers and tags) that arrived at all peers, and packets that peers sent. */
export interface PeerCounts {
  readonly packets: number
  readonly bytes: number
  readonly sent: number
}

/** A time from the start of a talk, ms. */
export interface Spell {
  readonly from: number
  readonly to: number
}

/** The packets of a peer: it sends them again and again, all the time or in spells. */
export interface Talk {
  readonly payloads: readonly Buffer[]
  readonly intervalMs: number
  readonly spells?: readonly Spell[]
  /** Whether comfort noise is sent between spells. */
  readonly hasDtx?: boolean
}

/** The rest of a stream that the peers of Ambient need to know; LiveKit negotiates it. */
export interface StreamIds {
  readonly ssrc: number
  readonly payloadType: number
  /** Id of the header extension of the audio level. */
  readonly levelId: number
}

/** Peers in a process of their own. `To`: what a peer needs to connect. */
export interface PeerProgram<To> {
  /** The first line of the program. */
  readonly greeting: unknown
  /** Connects a peer. Returns its number. */
  connect(to: To): Promise<number>
  speak(peer: number, talk: Talk, ids?: StreamIds): Promise<void>
  silence(peer: number): Promise<void>
  count(): Promise<PeerCounts>
  /** Ends the process. */
  end(): void
}

type Answer = PeerCounts & { id: number; error?: string }

/** Builds a program of `test/load/webrtc` and starts it on one core of the machine. */
export async function startPeerProgram<To extends object>(
  name: 'peers' | 'livekit',
  core: number
): Promise<PeerProgram<To>> {
  const program = await buildGoProgram(join(import.meta.dirname, 'webrtc'), name, `./${name}`)
  const child = spawn('taskset', ['-c', String(core), program], {
    // Collects garbage rarely, so that thousands of packets per second are received in time.
    env: { ...process.env, GOGC: '800' },
    stdio: ['pipe', 'pipe', 'inherit']
  })
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with code ${code}`)
  })
  ended.catch(() => {})
  const [greeting] = await Promise.race([once(lines, 'line'), ended])
  const waiting = new Map<number, PromiseWithResolvers<Answer>>()
  let lastId = 0
  let lastPeer = 0
  lines.on('line', line => {
    const answer: Answer = JSON.parse(line)
    const order = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.error === undefined) order?.resolve(answer)
    else order?.reject(new Error(answer.error))
  })

  async function send(order: object): Promise<Answer> {
    const id = ++lastId
    const answer = Promise.withResolvers<Answer>()
    waiting.set(id, answer)
    child.stdin.write(`${JSON.stringify({ id, ...order })}\n`)
    return await Promise.race([answer.promise, ended])
  }

  return {
    greeting: JSON.parse(String(greeting)),
    async connect(to) {
      const peer = ++lastPeer
      await send({ op: 'connect', peer, to })
      return peer
    },
    async speak(peer, { payloads, ...talk }, ids) {
      const encoded = payloads.map(payload => payload.toString('base64'))
      await send({ op: 'speak', peer, talk: { ...talk, ...ids, payloads: encoded } })
    },
    async silence(peer) {
      await send({ op: 'silence', peer })
    },
    count: async () => await send({ op: 'count' }),
    end: () => child.kill()
  }
}

/** Waits until the packets of speakers who have stopped have arrived. Returns the counts then. */
export async function countDrained(peers: Pick<PeerProgram<never>, 'count'>): Promise<PeerCounts> {
  let counts = await peers.count()
  for (let packets = -1; packets !== counts.packets; counts = await peers.count()) {
    packets = counts.packets
    await new Promise(resolve => setTimeout(resolve, drainMs))
  }
  return counts
}

/** A server has sent everything when nothing arrives for this time, also on a busy machine. */
const drainMs = 300
