import { BSONError } from 'bson'
import { encode } from '../bson/codec.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { unsupportedCommands } from '../unsupported.ts'
import type { IncomingMessage } from '../wire/messages.ts'
import { catalogCommands } from './catalog.ts'
import { assertConcerns } from './concerns.ts'
import { findAndModifyCommands } from './find-and-modify.ts'
import { handshakeCommands } from './handshake.ts'
import { readCommands } from './read.ts'
import { Request, type Command } from './request.ts'
import { writeCommands } from './write.ts'

const commands: Readonly<Record<string, Command>> = {
  ...handshakeCommands,
  ...readCommands,
  ...writeCommands,
  ...findAndModifyCommands,
  ...catalogCommands
}

/** Called with an error that is a bug of the store and not a mistake of the client. */
export type OnInternalError = (error: unknown, command: string) => void

/** A command that is ready to run. A command that the store does not know is answered with an error. */
export interface PreparedCommand {
  request: Request
  writes: boolean
  run: () => Uint8Array
}

function unknownCommand(name: string): CommandError {
  return unsupportedCommands.has(name)
    ? notSupported(`The command '${name}'`)
    : new CommandError('CommandNotFound', `no such command: '${name}'`)
}

/** Reads a command. Throws the errors of `bson` if the bytes are not BSON. */
export function prepareCommand(
  store: Store,
  message: IncomingMessage,
  onInternalError: OnInternalError
): PreparedCommand {
  const request = new Request(store, message)
  const command = Object.hasOwn(commands, request.name) ? commands[request.name] : undefined
  return {
    request,
    writes: command?.writes ?? false,
    run: () => {
      try {
        if (!command) throw unknownCommand(request.name)
        request.assertReadable()
        assertConcerns(request)
        if ('startTransaction' in request.body || 'txnNumber' in request.body) {
          throw notSupported('A transaction or retryable write')
        }
        return command.writes ? store.runInSavepoint(() => command.run(request)) : command.run(request)
      } catch (error) {
        return errorReply(error, request.name, onInternalError)
      }
    }
  }
}

/** Returns the reply to a command that failed. Calls `onInternalError` for an error that is not the client's. */
export function errorReply(error: unknown, command: string, onInternalError: OnInternalError): Uint8Array {
  if (error instanceof CommandError) {
    return encode({ ok: 0, errmsg: error.message, code: error.code, codeName: error.codeName, ...error.details })
  }
  // The client sent a document that `bson` cannot decode.
  if (error instanceof BSONError) return encode({ ok: 0, errmsg: error.message, code: 2, codeName: 'BadValue' })
  onInternalError(error, command)
  const message = error instanceof Error ? error.message : String(error)
  return encode({ ok: 0, errmsg: `the embedded store failed: ${message}`, code: 1, codeName: 'InternalError' })
}
