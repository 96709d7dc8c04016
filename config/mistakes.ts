import { formats, type FormatName } from './formats.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A setting's schema as plain JSON Schema. */
export interface SettingSchema {
  type: 'string' | 'integer' | 'boolean'
  description: string
  secret?: boolean
  enum?: readonly string[]
  format?: FormatName
  minimum?: number
  maximum?: number
  minLength?: number
}

export type SettingSchemas = Readonly<Record<string, SettingSchema>>

/** Lists all mistakes in the settings. The message is meant for the operator. */
export class ConfigError extends Error {
  constructor(mistakes: readonly string[]) {
    super(`The settings need a change:\n${mistakes.map(mistake => `  - ${mistake}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

/** Describes an invalid value: shows it, unless it may contain a secret, and says which values are valid. */
export function invalidValue(
  name: string,
  { secret, description, ...schema }: SettingSchema,
  value: string | undefined
): string {
  // An address may contain a password by mistake.
  const isHidden = secret || value === undefined || value.includes('@')
  const wrong = isHidden ? 'is wrong' : `is ${JSON.stringify(value.slice(0, 100))}`
  return `${name} ${wrong}: it ${right(schema)} (${description})`
}

function right({
  type,
  enum: words,
  format,
  minimum,
  maximum,
  minLength
}: Omit<SettingSchema, 'description' | 'secret'>): string {
  if (words) return `must be one of ${words.join(', ')}`
  if (format) return formats[format].right
  if (type === 'boolean') return 'must be on or off (or true or false, 1 or 0)'
  if (type === 'integer') return `must be a whole number from ${minimum} to ${maximum}`
  return `must have ${minLength} characters or more`
}
