import type { Test } from 'tap'
import type { MediaOptions } from '../../media/media.ts'
import type { NodeLink } from '../../media/node-link.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { openTestMedia, type TestMedia } from './test-media.ts'

/** Two nodes with the same show, each with its own workers. */
export interface TestNodes {
  readonly origin: TestMedia
  readonly edge: TestMedia
}

/** The two ends of a link. */
export interface LinkEnds {
  readonly origin: NodeLink
  readonly edge: NodeLink
}

/** Starts two nodes. The options are those of the edge. */
export async function openTestNodes(t: Test, options: Partial<MediaOptions> = {}): Promise<TestNodes> {
  return { origin: await openTestMedia(t), edge: await openTestMedia(t, options) }
}

/** Opens both ends of a link and connects them. */
export async function openEnds(origin: ShowAudio, edge: ShowAudio): Promise<LinkEnds> {
  const ends = { origin: await origin.openLink(), edge: await edge.openLink() }
  await Promise.all([ends.origin.connect(ends.edge.offer), ends.edge.connect(ends.origin.offer)])
  return ends
}

/** Carries a voice from one end to the other. */
export async function carry(producerId: string, from: NodeLink, to: NodeLink): Promise<void> {
  await to.receive(await from.send(producerId))
}

/** Returns the objects of all workers of a node, as the workers report them and as we count them. */
export async function allObjects({ media, workers }: TestMedia) {
  return { counts: await media.counts(), ids: await Promise.all(workers.map(async worker => await worker.ids())) }
}
