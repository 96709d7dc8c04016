import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { DtlsParameters, TransportFailed } from '../contract/media.ts'
import { mediasoupRequest } from './mediasoup-errors.ts'
import type { PendingCreations } from './pending-creations.ts'
import type { ShowRouter } from './show-router.ts'
import type { Traffic } from './traffic.ts'

export type Direction = 'send' | 'recv'

/** The parameters with which a client connects to a transport. */
export interface TransportAnswer {
  id: string
  iceParameters: types.IceParameters
  iceCandidates: types.IceCandidate[]
  dtlsParameters: types.DtlsParameters
}

/** A transport should be connected this long after its client connected it. */
const connectTimeoutMs = 10_000

/** The transports of one participant, at most one in each direction. */
export class ParticipantTransports {
  readonly #pending: PendingCreations
  readonly #onFailed: (failure: TransportFailed) => void
  readonly #transports = new Map<Direction, types.WebRtcTransport>()
  readonly #connected = new WeakSet<types.WebRtcTransport>()

  constructor(pending: PendingCreations, onFailed: (failure: TransportFailed) => void) {
    this.#pending = pending
    this.#onFailed = onFailed
  }

  /** Throws CONFLICT when a transport of this direction exists, UNAVAILABLE. */
  async create(direction: Direction, { router, mediaWorker }: ShowRouter): Promise<TransportAnswer> {
    if (this.#transports.has(direction)) {
      throw new CodedError('CONFLICT', `There is already a ${direction} transport; close it first.`)
    }
    const { id, iceParameters, iceCandidates, dtlsParameters } = await this.#pending.create(
      { name: direction, parent: router, path: '/direction' },
      async () =>
        await router.createWebRtcTransport({
          webRtcServer: mediaWorker.webRtcServer,
          enableUdp: true,
          enableTcp: true,
          preferUdp: true,
          enableSctp: false
        }),
      transport => this.#add(direction, transport, mediaWorker.traffic)
    )
    return { id, iceParameters, iceCandidates, dtlsParameters }
  }

  /** Throws NOT_FOUND, CONFLICT when it is already connected, VALIDATION, UNAVAILABLE. */
  async connect(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.get(transportId)
    if (this.#connected.has(transport)) throw new CodedError('CONFLICT', 'This transport is already connected.')
    this.#connected.add(transport)
    try {
      await mediasoupRequest(
        () => transport.closed,
        '/dtlsParameters',
        async () => await transport.connect({ dtlsParameters })
      )
    } catch (error) {
      this.#connected.delete(transport)
      throw error
    }
    this.#reportUnlessConnected(transport)
  }

  /** Throws NOT_FOUND, UNAVAILABLE. */
  async restartIce(transportId: string): Promise<types.IceParameters> {
    const transport = this.get(transportId)
    return await mediasoupRequest(
      () => transport.closed,
      '/transportId',
      async () => await transport.restartIce()
    )
  }

  /** Returns the transport with this id. Throws NOT_FOUND, also for another participant's transport. */
  get(transportId: string): types.WebRtcTransport {
    for (const transport of this.#transports.values()) if (transport.id === transportId) return transport
    throw new CodedError('NOT_FOUND', 'There is no such transport.')
  }

  has(transportId: string): boolean {
    return [...this.#transports.values()].some(({ id }) => id === transportId)
  }

  /** Returns the transport of this direction. */
  find(direction: Direction): types.WebRtcTransport | undefined {
    return this.#transports.get(direction)
  }

  closeAll(): void {
    for (const transport of [...this.#transports.values()]) transport.close()
  }

  /** The client may still connect later, so the transport stays open. */
  #reportUnlessConnected(transport: types.WebRtcTransport): void {
    const timer = setTimeout(() => {
      if (transport.dtlsState === 'connected') return
      const hasPath = transport.iceState === 'connected' || transport.iceState === 'completed'
      this.#report(transport, hasPath ? 'dtls' : 'ice')
    }, connectTimeoutMs).unref()
    transport.observer.once('close', () => clearTimeout(timer))
  }

  #report(transport: types.WebRtcTransport, reason: TransportFailed['reason']): void {
    const direction = this.#transports.get('send') === transport ? 'send' : 'recv'
    this.#onFailed({ transportId: transport.id, direction, reason })
  }

  #add(direction: Direction, transport: types.WebRtcTransport, traffic: Traffic): void {
    this.#transports.set(direction, transport)
    transport.observer.once('close', () => {
      if (this.#transports.get(direction) === transport) this.#transports.delete(direction)
    })
    // A peer that closes its DTLS connection, or fails to authenticate, never returns on this transport. mediasoup
    // would keep the transport open.
    transport.on('dtlsstatechange', state => {
      if (transport.closed) return
      if (state === 'failed') this.#report(transport, 'dtls')
      if (state === 'closed' || state === 'failed') transport.close()
    })
    // The peer sends no consent checks (RFC 7675) any more. It may come back, so the transport stays open.
    transport.on('icestatechange', state => {
      const wasConnected = transport.dtlsState === 'connected'
      if (state === 'disconnected' && wasConnected && !transport.closed) this.#report(transport, 'ice')
    })
    traffic.watchFlood(transport, () => {
      if (transport.closed) return
      this.#report(transport, 'flood')
      transport.close()
    })
  }
}
