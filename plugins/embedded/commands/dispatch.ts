import { BSONError } from 'bson'
import { MingoError } from 'mingo/util'
import { encode } from '../bson/codec.ts'
import { CommandError, notSupported } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { IncomingMessage } from '../wire/messages.ts'
import { catalogCommands } from './catalog.ts'
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

/** Told of errors that are ours, not the client's. */
export type OnBug = (error: unknown, command: string) => void

/** A command that can be run, or the refusal of one that is not known. */
export interface Prepared {
  request: Request
  writes: boolean
  run: () => Uint8Array
}

/** Reads a command. Throws BSON's errors where its bytes are not BSON. */
export function prepareCommand(store: Store, message: IncomingMessage, onBug: OnBug): Prepared {
  const request = new Request(store, message)
  const command = Object.hasOwn(commands, request.name) ? commands[request.name] : undefined
  return {
    request,
    writes: command?.writes ?? false,
    run: () => {
      try {
        if (!command) throw new CommandError('CommandNotFound', `no such command: '${request.name}'`)
        if ('startTransaction' in request.body || 'txnNumber' in request.body) {
          throw notSupported('A transaction or retryable write')
        }
        return command.writes ? store.partly(() => command.run(request)) : command.run(request)
      } catch (error) {
        return errorReply(error, request.name, onBug)
      }
    }
  }
}

function isBadInput(error: unknown): error is Error {
  // What mingo and bson say of a query or document they can't do anything with.
  return error instanceof MingoError || error instanceof BSONError
}

/** The reply to a command that failed. An error that is not the client's is told to `onBug`. */
export function errorReply(error: unknown, command: string, onBug: OnBug): Uint8Array {
  if (error instanceof CommandError) {
    return encode({ ok: 0, errmsg: error.message, code: error.code, codeName: error.codeName, ...error.details })
  }
  if (isBadInput(error)) return encode({ ok: 0, errmsg: error.message, code: 2, codeName: 'BadValue' })
  onBug(error, command)
  const message = error instanceof Error ? error.message : String(error)
  return encode({ ok: 0, errmsg: `the embedded store failed: ${message}`, code: 1, codeName: 'InternalError' })
}
