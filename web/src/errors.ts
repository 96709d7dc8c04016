import { CodedError, type Issue } from '../../client/index.ts'

/** The text of the server about a refusal. */
interface Refusal {
  message: string
  issues?: readonly Issue[]
}

/** The message to show for anything that was thrown: of refused input, what is wrong with it. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? refusalMessage(error) : String(error)
}

/** The message to show for a refusal. */
export function refusalMessage({ message, issues = [] }: Refusal): string {
  return issues.length === 0 ? message : issues.map(sentenceOf).join(' ')
}

/** Makes a sentence of an issue: `/text` and `must not be empty` become `Text must not be empty.` */
function sentenceOf({ path, message }: Issue): string {
  const field = path.split('/').findLast(part => part !== '' && !/^\d+$/.test(part)) ?? ''
  const words = `${field.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)} ${message}`.trim()
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`
}

/** The error itself when it has a code, else an `INTERNAL` error with its text. */
export function toCodedError(error: unknown): CodedError {
  return error instanceof CodedError ? error : new CodedError('INTERNAL', String(error))
}
