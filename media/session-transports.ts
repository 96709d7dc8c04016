import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { DtlsParameters } from '../contract/media.ts'
import type { Making } from './pending-creations.ts'
import { refusable } from './mediasoup-errors.ts'
import type { ShowRouter } from './show-router.ts'

export type Direction = 'send' | 'recv'

/** What a client needs to connect to a transport. */
export interface TransportAnswer {
  id: string
  iceParameters: types.IceParameters
  iceCandidates: types.IceCandidate[]
  dtlsParameters: types.DtlsParameters
}

/** One session's transports, at most one each way. */
export class SessionTransports {
  readonly #making: Making
  readonly #open = new Map<Direction, types.WebRtcTransport>()
  readonly #connected = new WeakSet<types.WebRtcTransport>()

  constructor(making: Making) {
    this.#making = making
  }

  /** Throws CONFLICT when there is one in this direction already, UNAVAILABLE. */
  async create(direction: Direction, { router, mediaWorker }: ShowRouter): Promise<TransportAnswer> {
    if (this.#open.has(direction)) {
      throw new CodedError('CONFLICT', `There is a ${direction} transport already; close it first.`)
    }
    const { id, iceParameters, iceCandidates, dtlsParameters } = await this.#making.make(
      { name: direction, parent: router, path: '/direction' },
      async () =>
        await router.createWebRtcTransport({
          webRtcServer: mediaWorker.webRtcServer,
          enableUdp: true,
          enableTcp: true,
          preferUdp: true,
          enableSctp: false
        }),
      transport => this.#keep(direction, transport)
    )
    return { id, iceParameters, iceCandidates, dtlsParameters }
  }

  /** Throws NOT_FOUND, CONFLICT when connected already, VALIDATION, UNAVAILABLE. */
  async connect(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.find(transportId)
    if (this.#connected.has(transport)) throw new CodedError('CONFLICT', 'This transport is connected already.')
    this.#connected.add(transport)
    try {
      await refusable(
        () => transport.closed,
        '/dtlsParameters',
        async () => await transport.connect({ dtlsParameters })
      )
    } catch (error) {
      this.#connected.delete(transport)
      throw error
    }
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async restartIce(transportId: string): Promise<types.IceParameters> {
    const transport = this.find(transportId)
    return await refusable(
      () => transport.closed,
      '/transportId',
      async () => await transport.restartIce()
    )
  }

  /** The session's transport of this id. Throws NOT_FOUND: somebody else's is none. */
  find(transportId: string): types.WebRtcTransport {
    for (const transport of this.#open.values()) if (transport.id === transportId) return transport
    throw new CodedError('NOT_FOUND', 'There is no such transport.')
  }

  /** The session's transport in this direction. */
  at(direction: Direction): types.WebRtcTransport | undefined {
    return this.#open.get(direction)
  }

  closeAll(): void {
    for (const transport of [...this.#open.values()]) transport.close()
  }

  #keep(direction: Direction, transport: types.WebRtcTransport): void {
    this.#open.set(direction, transport)
    transport.observer.once('close', () => {
      if (this.#open.get(direction) === transport) this.#open.delete(direction)
    })
    // A peer that says goodbye, or can't prove who it is, never comes back on this transport; mediasoup would keep it.
    transport.on('dtlsstatechange', state => {
      if (state === 'closed' || state === 'failed') transport.close()
    })
  }
}
