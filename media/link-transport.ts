import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { types } from 'mediasoup'
import pTimeout from 'p-timeout'
import { CodedError } from '../contract/errors.ts'
import { mediasoupRequest } from './mediasoup-errors.ts'

/** The address on which links listen, and the one that is offered to other nodes. */
export type LinkAddress = types.TransportListenInfo

/** An end of a link, as the other end needs it. The key is secret: its owner can read and forge packets. */
export interface LinkOffer {
  /** IP address or host name. */
  address: string
  port: number
  srtpParameters: types.SrtpParameters
}

const lookupTimeoutMs = 2000

/** Opens one end of a link. Throws UNAVAILABLE when the router closes in the meantime, or no port is left. */
export async function openLinkTransport(router: types.Router, listenInfo: LinkAddress): Promise<types.PipeTransport> {
  let transport: types.PipeTransport
  try {
    transport = await router.createPipeTransport({ listenInfo, enableSrtp: true, enableSctp: false, enableRtx: false })
  } catch (cause) {
    throw unavailable('Audio of other nodes is not available at the moment.', cause)
  }
  if (router.closed || transport.closed) {
    transport.close()
    throw closedInTheMeantime()
  }
  return transport
}

/** Returns what the other end needs to connect. */
export function offerOf({ tuple, srtpParameters }: types.PipeTransport): LinkOffer {
  if (!srtpParameters) throw new Error('mediasoup created a pipe without SRTP')
  return { address: tuple.localAddress, port: tuple.localPort, srtpParameters }
}

/** Connects this end to the other one. Throws VALIDATION, UNAVAILABLE. */
export async function connectLinkTransport(
  transport: types.PipeTransport,
  { address, port, srtpParameters }: LinkOffer
): Promise<void> {
  const ip = await findIp(address, isIP(transport.tuple.localIp))
  await mediasoupRequest(
    () => transport.closed,
    '/offer',
    async () => await transport.connect({ ip, port, srtpParameters })
  )
  if (transport.closed) throw closedInTheMeantime()
}

/** mediasoup connects to IP addresses only. */
async function findIp(address: string, family: number): Promise<string> {
  if (isIP(address)) return address
  try {
    return (await pTimeout(lookup(address, { family }), { milliseconds: lookupTimeoutMs })).address
  } catch (cause) {
    throw unavailable('The address of the other node was not found.', cause)
  }
}

export function closedInTheMeantime(): CodedError {
  return new CodedError('UNAVAILABLE', 'The audio was closed in the meantime. Try again.')
}

function unavailable(message: string, cause: unknown): CodedError {
  return Object.assign(new CodedError('UNAVAILABLE', message), { cause })
}
