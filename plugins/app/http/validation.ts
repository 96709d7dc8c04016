import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Issue } from '../../../contract/errors.ts'
import { cleanEmoji, isEmoji } from '../../../contract/reactions.ts'
import { cleanText, textError, type TextRule } from '../../../contract/text.ts'
import { compileWordCheck } from './blocked-words.ts'
import { issuesOf } from './issues.ts'
import type { WordFilter } from './word-filter.ts'

export interface Validator {
  /**
   * Compiles a schema of what clients send into a check, which returns the issues, or null. Texts for people are
   * cleaned in place, and refused with a blocked word.
   */
  compile(schema: TSchema): (data: unknown) => Issue[] | null
  /** Compiles a schema into a reader of third-party answers. The reader throws for an invalid answer. */
  reader<T extends TSchema>(schema: T): (data: unknown) => Static<T>
}

interface Check {
  (data: unknown): boolean
  errors?: ErrorObject[] | null
}

const strictOptions: Options = {
  allErrors: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: true,
  strict: false,
  messages: true
}

/** Values in a path or a query are strings, so they are converted to the type of their schema. */
const coercingOptions: Options = { ...strictOptions, coerceTypes: 'array' }

/** Maximum number of values in a body: more than any body of the contract has, such as a playlist of 500 items. */
const maxValues = 2500
const tooManyValues: ErrorObject = {
  instancePath: '',
  schemaPath: '',
  keyword: 'maxValues',
  params: {},
  message: 'has too many parts'
}

/** The checks have no state between two calls, so that all servers of a process share them. */
const strict = createAjv(strictOptions)
const coercing = createAjv(coercingOptions)
const compileStrict = compileOnce(strict)
const compileCoercing = compileOnce(coercing)

/** Creates the validator of the server, and the one Fastify uses for the schemas of routes. */
export function createValidation(blockedWords?: WordFilter): {
  validator: Validator
  validatorCompiler: FastifySchemaCompiler<TSchema>
} {
  const compileInput = (schema: TSchema) => withoutBlockedWords(bounded(compileStrict(schema)), schema, blockedWords)
  return {
    validatorCompiler: ({ schema, httpPart }) => (httpPart === 'body' ? compileInput(schema) : compileCoercing(schema)),

    validator: {
      compile(schema) {
        const check = compileInput(schema)
        return data => (check(data) ? null : issuesOf(check.errors ?? []))
      },
      reader<T extends TSchema>(schema: T) {
        const isValid = compileStrict<Static<T>>(schema)
        return (data: unknown) => {
          if (isValid(data)) return data
          throw new Error(`third-party answer is not valid: ${strict.errorsText(isValid.errors)}`)
        }
      }
    }
  }
}

/** Compiles equal schemas once: the schemas of parameters are the same in many routes. */
function compileOnce(ajv: Ajv): <T = unknown>(schema: TSchema) => ValidateFunction<T> {
  const checks = new Map<string, ValidateFunction>()
  return <T>(schema: TSchema) => {
    const key = JSON.stringify(schema)
    const check: ValidateFunction = checks.get(key) ?? ajv.compile(schema)
    checks.set(key, check)
    return check as ValidateFunction<T>
  }
}

function createAjv(options: Options): Ajv {
  const ajv = new Ajv(options)
  addFormats.default(ajv, ['date-time', 'uri'])
  ajv.addKeyword({
    keyword: 'x-text',
    type: 'string',
    schemaType: 'object',
    modifying: true,
    errors: true,
    compile: (rule: TextRule) => createTextCheck(rule)
  })
  ajv.addKeyword({
    keyword: 'x-emoji',
    type: 'string',
    schemaType: 'boolean',
    modifying: true,
    errors: true,
    compile: () => checkEmoji
  })
  return ajv
}

interface TextCheck {
  (text: string, place?: { parentData: object; parentDataProperty: string | number }): boolean
  errors?: Partial<ErrorObject>[]
}

/** The check of the keyword `x-emoji`: it completes the emoji in place. */
const checkEmoji: TextCheck = (text, place) => {
  const emoji = cleanEmoji(text)
  if (place) Object.assign(place.parentData, { [place.parentDataProperty]: emoji })
  const isValid = isEmoji(emoji)
  checkEmoji.errors = isValid ? [] : [{ keyword: 'x-emoji', message: 'must be one emoji', params: {} }]
  return isValid
}

/** The check of the keyword `x-text`: it cleans the value in place, then applies its rule. */
function createTextCheck(rule: TextRule): TextCheck {
  const check: TextCheck = (text, place) => {
    const clean = cleanText(text)
    if (place) Object.assign(place.parentData, { [place.parentDataProperty]: clean })
    const message = textError(clean, rule)
    check.errors = message === null ? [] : [{ keyword: 'x-text', message, params: {} }]
    return message === null
  }
  return check
}

/**
 * Returns a check that lists every issue, but does not search a body of a few hundred thousand values: that would take
 * some hundred megabytes, and seconds in which no other request is served.
 */
function bounded(isValid: Check): Check {
  const check: Check = data => {
    const isTooLarge = hasMoreValues(data, maxValues)
    const isFine = !isTooLarge && isValid(data)
    check.errors = isTooLarge ? [tooManyValues] : (isValid.errors ?? null)
    return isFine
  }
  return check
}

/** Returns a check that also refuses blocked words. They are no part of the checks that all servers share. */
function withoutBlockedWords(isValid: Check, schema: TSchema, words: WordFilter | undefined): Check {
  const findWords = words && compileWordCheck(schema, words)
  if (!findWords) return isValid
  const check: Check = data => {
    const isFine = isValid(data)
    check.errors = isFine ? findWords(data) : (isValid.errors ?? null)
    return isFine && check.errors?.length === 0
  }
  return check
}

/** Tells whether the data has more than `max` values at any depth. It looks at no more than that. */
function hasMoreValues(data: unknown, max: number): boolean {
  const found = [data]
  for (const value of found) {
    if (typeof value !== 'object' || value === null) continue
    // Object.keys would copy all keys of a huge body.
    for (const key in value) {
      if (found.push(Reflect.get(value, key)) > max) return true
    }
  }
  return false
}
