import { Type } from 'typebox'
import type { FormatName } from './formats.ts'

/** The maximum delay of a Node.js timer: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const maxTimerMs = 2_147_483_647
const maxCount = 1_000_000_000

/** A setting that turns something on or off. */
export const Switch = (description: string) => Type.Boolean({ description })

export const Text = (description: string, minLength = 1) => Type.String({ minLength, description })

/** A text in a format of `formats.ts`. */
export const Formatted = (format: FormatName, description: string, options: { default?: string } = {}) =>
  Type.String({ format, description, ...options })

/** A text that is in no log and no error. */
export const Secret = (description: string, options: { format?: FormatName; minLength?: number } = { minLength: 1 }) =>
  Type.String({ secret: true, description, ...options })

export const Port = (description: string, options: { default?: number } = {}) =>
  Type.Integer({ minimum: 0, maximum: 65_535, description, ...options })

/** A number of things, from 1 on. */
export const Count = (value: number, description: string, maximum = maxCount) =>
  Type.Integer({ minimum: 1, maximum, default: value, description })

/** A number of things, from 1 on, that may be unset. */
export const OptionalCount = (description: string, maximum = maxCount) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum, description }))

/** A duration; without another maximum, the longest one that a timer takes. */
export const DurationMs = (value: number, description: string, maximum = maxTimerMs) =>
  Count(value, `${description}, ms`, maximum)

/** One of some words. */
export const OneOf = <const V extends readonly string[]>(values: V, value: V[number], description: string) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: values, default: value, description })
