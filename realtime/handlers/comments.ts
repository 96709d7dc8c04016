import { CodedError } from '../../contract/errors.ts'
import type { Handlers } from '../gate.ts'

const notYet = async (): Promise<never> => { throw new CodedError('UNAVAILABLE', 'Comments and reactions are not there yet.') }

/** What people say beside the voices. */
export function commentHandlers (): Pick<Handlers, 'comment:send' | 'comment:delete' | 'comment:mute' | 'reaction:send'> {
  return { 'comment:send': notYet, 'comment:delete': notYet, 'comment:mute': notYet, 'reaction:send': notYet }
}
