import { errorTable, toWireError, type ErrorCode, type Issue, type WireError } from '../../contract/errors.ts'
import { parsedObject } from '../../plugins/app/operations/parsed-object.ts'

/** Version of questions and answers. A node reads those of its own and lower versions. */
const envelopeVersion = 1

/** A question to a node. `id` is `<nodeId>:<n>`, where n rises. */
export interface Question {
  readonly id: string
  readonly from: string
  readonly n: number
  readonly kind: string
  readonly body: unknown
}

/** The answer to the question with id `re`. */
export interface Answer {
  readonly re: string
  readonly outcome: { readonly body: unknown } | { readonly error: WireError }
}

export function encodeQuestion(id: string, kind: string, body: unknown): string {
  return JSON.stringify({ v: envelopeVersion, id, kind, body })
}

export function encodeAnswer(re: string, body: unknown): string {
  return JSON.stringify({ v: envelopeVersion, re, body })
}

/** Encodes an error: code, message and details of a CodedError; of any other one nothing but INTERNAL. */
export function encodeError(re: string, error: unknown): string {
  return JSON.stringify({ v: envelopeVersion, re, error: toWireError(error) })
}

/** Returns the question or answer in a message, or the reason why it is dropped. */
export function decodeEnvelope(message: string): Question | Answer | string {
  const { v, id, kind, body, re, error } = parsedObject(message) ?? {}
  if (typeof v !== 'number') return 'not readable'
  if (!Number.isInteger(v) || v < 1 || v > envelopeVersion) return 'another version'
  if (typeof re === 'string') {
    if (error === undefined) return { re, outcome: { body } }
    const wireError = decodeError(error)
    return wireError ? { re, outcome: { error: wireError } } : 'not readable'
  }
  const [, from = '', n = ''] = (typeof id === 'string' && /^([A-Za-z0-9_-]+):(\d{1,15})$/.exec(id)) || []
  if (typeof id !== 'string' || from === '' || typeof kind !== 'string') return 'not readable'
  return { id, from, n: Number(n), kind, body }
}

function decodeError(error: unknown): WireError | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, message, retryAfterMs, issues }: Record<string, unknown> = { ...error }
  if (!isErrorCode(code) || typeof message !== 'string') return undefined
  return {
    code,
    message,
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    ...(Array.isArray(issues) && issues.every(isIssue) && { issues })
  }
}

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errorTable, code)

function isIssue(issue: unknown): issue is Issue {
  if (typeof issue !== 'object' || issue === null) return false
  const { path, message }: Record<string, unknown> = { ...issue }
  return typeof path === 'string' && typeof message === 'string'
}
