import { Ajv, type ErrorObject, type Options } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Static, TSchema } from 'typebox'
import { CodedError, type Issue } from '../../../contract/errors.ts'
import { isEmoji } from '../../../contract/reactions.ts'
import { cleanText, textFault, type TextRule } from '../../../contract/text.ts'
import { issuesOf } from './issues.ts'

declare module 'fastify' {
  interface FastifyInstance {
    validator: Validator
  }
}

export interface Validator {
  /** Compiles a schema of the contract into a check: the places that do not fit, or null. Texts for people are cleaned in place. */
  compile(schema: TSchema): (data: unknown) => Issue[] | null
  /** Compiles a schema into a reader of what third parties answer; it throws when that does not fit. */
  reader<T extends TSchema>(schema: T): (data: unknown) => Static<T>
}

const strictly: Options = {
  allErrors: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: true,
  strict: false,
  messages: true
}

/** Values in a path or a query are always strings, so these are brought to the type their schema wants. */
const leniently: Options = { ...strictly, coerceTypes: 'array' }

/** Our keyword `x-text`: the value is cleaned where it stands, then held to its rule. */
function addTextKeyword(ajv: Ajv): void {
  ajv.addKeyword({
    keyword: 'x-text',
    type: 'string',
    schemaType: 'object',
    modifying: true,
    errors: true,
    compile: (rule: TextRule) => textCheck(rule)
  })
}

function textCheck(rule: TextRule): TextCheck {
  const check: TextCheck = (text, place) => {
    const clean = cleanText(text)
    if (place) Object.assign(place.parentData, { [place.parentDataProperty]: clean })
    const fault = textFault(clean, rule)
    check.errors = fault === null ? [] : [{ keyword: 'x-text', message: fault, params: {} }]
    return fault === null
  }
  return check
}

interface TextCheck {
  (text: string, place?: { parentData: object; parentDataProperty: string | number }): boolean
  errors?: Partial<ErrorObject>[]
}

function createAjv(options: Options): Ajv {
  const ajv = new Ajv(options)
  addFormats.default(ajv, ['date-time', 'uri'])
  addTextKeyword(ajv)
  ajv.addKeyword({
    keyword: 'x-emoji',
    type: 'string',
    schemaType: 'boolean',
    validate: (_: boolean, text: string) => isEmoji(text),
    error: { message: 'must be one emoji' }
  })
  return ajv
}

/** More than the largest thing of the contract has, a playlist of 500 items. */
const mostValues = 2500
const tooManyValues: ErrorObject = {
  instancePath: '',
  schemaPath: '',
  keyword: 'maxValues',
  params: {},
  message: 'has too many parts'
}

/** Whether there are more values in it, at any depth, than `most`; no more of them are looked at. */
function isSprawling(data: unknown, most: number): boolean {
  const found = [data]
  for (const value of found) {
    if (typeof value !== 'object' || value === null) continue
    // A list of all keys would be as long as the body.
    for (const key in value) {
      if (found.push(Reflect.get(value, key)) > most) return true
    }
  }
  return false
}

/**
 * A check that names every place that does not fit, but of a body of a few hundred thousand places does not look for them: that takes
 * seconds, in which nobody else is served, and some hundred megabytes.
 */
function bounded(fits: Check): Check {
  const check: Check = data => {
    const isBounded = !isSprawling(data, mostValues)
    const isFit = isBounded && fits(data)
    check.errors = isBounded ? (fits.errors ?? null) : [tooManyValues]
    return isFit
  }
  return check
}

interface Check {
  (data: unknown): boolean
  errors?: ErrorObject[] | null
}

/** Many clients say JSON also where they send nothing; nothing is no body. Text is taken nowhere. */
function readBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, String(body), done)
  })
}

/** What a route that takes no body refuses, like anything else that is not known; an empty object is no body either. */
function surplusIn(body: unknown): Issue[] {
  if (body === undefined || body === null) return []
  if (typeof body !== 'object' || Array.isArray(body)) return [{ path: '', message: 'takes no body' }]
  const [name] = Object.keys(body)
  return name === undefined ? [] : [{ path: `/${name}`, message: 'is not known here' }]
}

function refuseBodiesWhereNoneIsTaken(app: FastifyInstance): void {
  app.addHook('preHandler', ({ routeOptions: { schema }, is404, body }, _reply, done) => {
    const issues = is404 || schema?.body ? [] : surplusIn(body)
    done(issues.length > 0 ? new CodedError('VALIDATION', 'The request does not fit.', { issues }) : undefined)
  })
}

export default fp(
  async app => {
    readBodies(app)
    refuseBodiesWhereNoneIsTaken(app)
    const strict = createAjv(strictly)
    const lenient = createAjv(leniently)

    app.setValidatorCompiler(({ schema, httpPart }) =>
      httpPart === 'body' ? bounded(strict.compile(schema)) : lenient.compile(schema)
    )
    app.decorate('validator', {
      compile(schema: TSchema) {
        const check = bounded(strict.compile(schema))
        return (data: unknown) => (check(data) ? null : issuesOf(check.errors ?? []))
      },
      reader<T extends TSchema>(schema: T) {
        const fits = strict.compile<Static<T>>(schema)
        return (data: unknown) => {
          if (fits(data)) return data
          throw new Error(`an answer does not fit: ${strict.errorsText(fits.errors)}`)
        }
      }
    })
  },
  { name: 'validation' }
)
