import { maxDocumentBytes, encode, type Doc } from '../bson/codec.ts'
import { maxMessageBytes } from '../wire/messages.ts'
import type { Command, Request } from './request.ts'

/** The wire protocol of MongoDB 7.0, whose replies this store imitates. */
const wireVersion = 21
const version = '7.0.0'

const helloOptions = [
  'helloOk',
  'client',
  'compression',
  'loadBalanced',
  'topologyVersion',
  'maxAwaitTimeMS',
  'saslSupportedMechs',
  'speculativeAuthenticate',
  'hostInfo',
  'internalClient',
  'backpressure'
]

/**
 * Describes the server. Without `logicalSessionTimeoutMinutes`, drivers start no sessions, and so no retryable writes
 * or transactions.
 */
function describe(request: Request): Doc {
  request.allowOptions(helloOptions)
  return {
    helloOk: true,
    maxBsonObjectSize: maxDocumentBytes,
    maxMessageSizeBytes: maxMessageBytes,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    connectionId: 1,
    minWireVersion: 0,
    maxWireVersion: wireVersion,
    readOnly: false,
    ok: 1
  }
}

const hello: Command = { writes: false, run: request => encode({ isWritablePrimary: true, ...describe(request) }) }
const ismaster: Command = { writes: false, run: request => encode({ ismaster: true, ...describe(request) }) }

const ping: Command = {
  writes: false,
  run: request => {
    request.allowOptions([])
    return encode({ ok: 1 })
  }
}

const buildInfo: Command = {
  writes: false,
  run: request => {
    request.allowOptions([])
    return encode({
      version,
      versionArray: [7, 0, 0, 0],
      gitVersion: 'embedded',
      modules: ['ambient'],
      bits: 64,
      debug: false,
      maxBsonObjectSize: maxDocumentBytes,
      ok: 1
    })
  }
}

/**
 * The commands with which a client learns about the server. Drivers send `ismaster` first to a server that they do not
 * know yet.
 */
export const handshakeCommands: Readonly<Record<string, Command>> = { hello, ismaster, ping, buildInfo }
