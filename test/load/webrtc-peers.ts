import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { opusPayloadType } from '../../media/codecs.ts'
import type { ServerTransport } from '../media/rtc-peer.ts'
import { buildGoProgram } from './go-program.ts'

/** Packets and their bytes, headers of RTP and the tag of SRTP included, that the peers got; and packets they sent. */
export interface PeerCounts {
  packets: number
  bytes: number
  sent: number
}

/** A stream that a peer sends. */
export interface Talk {
  ssrc: number
  payloadBytes: number
  intervalMs: number
  /** Id of the header extension of the audio level. */
  levelId?: number
}

/** WebRTC peers (ICE, DTLS, SRTP) in a process of their own that costs little CPU. */
export interface WebRtcPeers {
  /** The DTLS parameters of every peer. */
  readonly dtlsParameters: { role: 'client'; fingerprints: { algorithm: 'sha-256'; value: string }[] }
  /** Connects to a server's transport that knows the DTLS parameters. Returns the number of the peer. */
  connect(transport: ServerTransport): Promise<number>
  speak(peer: number, talk: Talk): Promise<void>
  silence(peer: number): Promise<void>
  count(): Promise<PeerCounts>
  /** Closes the peers; the process can connect others. */
  closeAll(): Promise<void>
  /** Ends the process. */
  end(): void
}

type Answer = PeerCounts & { id: number; error?: string }

/** Starts the process on one core of the machine. */
export async function startWebRtcPeers(core: number): Promise<WebRtcPeers> {
  const program = await buildGoProgram(join(import.meta.dirname, 'peers'), 'peers')
  const child = spawn('taskset', ['-c', String(core), program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const [first] = await Promise.race([once(lines, 'line'), exitOf(child)])
  const { fingerprint }: { fingerprint: string } = JSON.parse(String(first))
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
  child.once('exit', () => waiting.forEach(order => order.reject(new Error('the peers ended'))))

  async function send(order: object): Promise<Answer> {
    const id = ++lastId
    const answer = Promise.withResolvers<Answer>()
    waiting.set(id, answer)
    child.stdin.write(`${JSON.stringify({ id, ...order })}\n`)
    return await answer.promise
  }

  return {
    dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] },
    async connect({ iceParameters, iceCandidates }) {
      const candidate = iceCandidates.find(({ protocol }) => protocol === 'udp')
      if (!candidate) throw new Error('the server offers no UDP')
      const peer = ++lastPeer
      const { ip, port } = candidate
      await send({ op: 'connect', peer, transport: { ip, port, ...iceParameters } })
      return peer
    },
    async speak(peer, talk) {
      await send({ op: 'speak', peer, talk: { payloadType: opusPayloadType, ...talk } })
    },
    async silence(peer) {
      await send({ op: 'silence', peer })
    },
    count: async () => await send({ op: 'count' }),
    async closeAll() {
      await send({ op: 'close' })
    },
    end: () => child.kill()
  }
}

async function exitOf(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`the peers ended with code ${code}`)
}
