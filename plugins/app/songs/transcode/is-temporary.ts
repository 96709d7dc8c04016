import { CodedError } from '../../../../contract/errors.ts'
import { isOutOfSpace } from '../../../external/storage/out-of-space.ts'
import { isStoreUnavailable } from '../../documents/store-errors.ts'
import { ProgramNotInstalledError } from './limited-process.ts'

/** Whether the same work may succeed later: a program is missing, the disk is full, or a dependency is down. */
export function isTemporary(error: unknown): boolean {
  return (
    error instanceof ProgramNotInstalledError ||
    isOutOfSpace(error) ||
    isStoreUnavailable(error) ||
    (error instanceof CodedError && error.code === 'UNAVAILABLE')
  )
}
