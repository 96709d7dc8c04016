import type { AudibleProducers } from './audible-producers.ts'
import type { LinkAddress } from './link-transport.ts'
import type { MediaWorker } from './media-worker.ts'
import { NodeLink } from './node-link.ts'
import type { ShowRouters } from './show-routers.ts'

export interface ShowLinksParts {
  producers: AudibleProducers
  showRouters: Pick<ShowRouters, 'findOpen' | 'grow'>
  address: LinkAddress
}

/** The links of one show to other nodes. */
export class ShowLinks {
  readonly #parts: ShowLinksParts
  /** Dead workers with which voices of other nodes were lost. */
  readonly #lostEntries = new WeakSet<MediaWorker>()

  constructor(parts: ShowLinksParts) {
    this.#parts = parts
  }

  /** Opens an end on an open router of the show. Throws SHOW_ENDED, UNAVAILABLE. */
  async open(): Promise<NodeLink> {
    const { producers, showRouters, address } = this.#parts
    let showRouter = showRouters.findOpen()
    while (!showRouter) {
      await showRouters.grow()
      showRouter = showRouters.findOpen()
    }
    const { mediaWorker } = showRouter
    const link = await NodeLink.open({ producers, showRouter, address })
    link.once('lost', receivedVoices => {
      if (receivedVoices > 0) this.#lostEntries.add(mediaWorker)
    })
    return link
  }

  /** Whether voices of other nodes were lost with a dead worker. Members on other workers heard them through it. */
  lostVoicesWith(deadWorker: MediaWorker): boolean {
    return this.#lostEntries.has(deadWorker)
  }
}
