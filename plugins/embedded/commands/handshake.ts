import { maxDocumentBytes, encode, type Doc } from '../bson/codec.ts'
import { maxMessageBytes } from '../wire/messages.ts'
import type { Command, Request } from './request.ts'

/** MongoDB 7.0's: its replies and commands are those we give. */
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

/** What this server is. Without `logicalSessionTimeoutMinutes` no driver begins sessions, so none retries writes or opens transactions. */
function describe(request: Request): Doc {
  request.allow(helloOptions)
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
const isMaster: Command = { writes: false, run: request => encode({ ismaster: true, ...describe(request) }) }

const ping: Command = {
  writes: false,
  run: request => {
    request.allow([])
    return encode({ ok: 1 })
  }
}

const buildInfo: Command = {
  writes: false,
  run: request => {
    request.allow([])
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

/** Sessions are not kept, so there is nothing to end. */
const endSessions: Command = { writes: false, run: () => encode({ ok: 1 }) }

/** How a client gets to know the server, by the commands' names. */
export const handshakeCommands: Readonly<Record<string, Command>> = {
  hello,
  isMaster,
  ismaster: isMaster,
  ping,
  buildInfo,
  buildinfo: buildInfo,
  endSessions
}
