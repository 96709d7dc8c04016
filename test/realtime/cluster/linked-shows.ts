import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Test } from 'tap'
import type { MediaOptions } from '../../../media/media.ts'
import type { ShowAudio } from '../../../media/show-audio.ts'
import { createLinkSeal } from '../../../realtime/cluster/link-seal.ts'
import { createVoiceLinking, type VoiceLinking } from '../../../realtime/cluster/voice-linking.ts'
import type { VoiceLinks } from '../../../realtime/cluster/voice-links.ts'
import { openTestMedia, type TestMedia } from '../../media/test-media.ts'
import { compile, type FakePeers } from './fake-peers.ts'

/** A node with real media workers and one show. */
export interface TestNode extends TestMedia {
  readonly nodeId: string
  readonly linking: VoiceLinking
  readonly links: VoiceLinks
  /** Producers reported as silent, and the nodes that send them. */
  readonly silent: string[]
  readonly senders: string[]
  readonly warnings: unknown[]
  /** Moves the clock of this node's links. */
  passTime(ms: number): void
}

export interface TestNodeOptions {
  media?: Partial<MediaOptions>
  secret?: string
  /** Port to which a node sends instead of this node's own. */
  wrongPort?: { to: string; port: number }
}

const defaultSecret = 'x'.repeat(32)

export async function openTestNode(
  t: Test,
  network: Pick<FakePeers, 'join'>,
  nodeId: string,
  { media: mediaOptions = {}, secret = defaultSecret, wrongPort }: TestNodeOptions = {}
): Promise<TestNode> {
  const testMedia = await openTestMedia(t, mediaOptions)
  const audios = new Map<string, ShowAudio>([['show', testMedia.audio]])
  const silent: string[] = []
  const senders: string[] = []
  const warnings: unknown[] = []
  let passedMs = 0
  const { seal, open } = createLinkSeal([{ kid: 'key', secret }], compile)
  const linking = createVoiceLinking({
    nodeId,
    peers: network.join(nodeId),
    seal: {
      open,
      seal: (offer, route) => seal({ ...offer, ...(wrongPort?.to === route.to && { port: wrongPort.port }) }, route)
    },
    compile,
    findAudio: showId => audios.get(showId),
    logger: { warn: (...args: unknown[]) => warnings.push(args) },
    monotonicMs: () => performance.now() + passedMs
  })
  const links = linking.open({
    showId: 'show',
    audio: testMedia.audio,
    onSilent(producerId, sender) {
      silent.push(producerId)
      senders.push(sender)
    }
  })
  t.teardown(() => linking.close())
  return { ...testMedia, nodeId, linking, links, silent, senders, warnings, passTime: ms => (passedMs += ms) }
}

/** Returns a UDP port that swallows everything until the end of the test. */
export async function openSilentPort(t: Test): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  t.teardown(() => socket.close())
  await once(socket, 'listening')
  return socket.address().port
}
