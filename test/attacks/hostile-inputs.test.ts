import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { errorTable } from '../../contract/errors.ts'
import type { GraphqlError } from '../../contract/graphql.ts'
import { startAppWithOperator } from '../operator-app.ts'
import { expectations } from './expectations.ts'
import {
  badTokens,
  hostileBodies,
  hostileIds,
  hostileQueries,
  malformedForms,
  rawRequests,
  wrongContents
} from './hostile-corpus.ts'
import { operationsOf, type Operation } from './operations.ts'
import { createWorld } from './world.ts'

const highLimit = '100000000'
/** Operations that would end the sign-in used by all requests. */
const signInEnding = new Set(['eraseMe'])

const real = await startAppWithOperator(t, {
  LIMIT_REPORTS_PER_HOUR: highLimit,
  LIMIT_COMMENTS_PER_10S: highLimit,
  LIMIT_BODY_BYTES: '65536'
})
const world = await createWorld(real)
const operations = (await operationsOf(real.url)).filter(({ operationId }) => !signInEnding.has(operationId))
/** Returns the token that gets furthest: routes of operators exist for operators only. */
const tokenFor = (path: string) => (path.startsWith('/v1/operator/') ? real.operator.token : world.people.other.token)
let sentCount = 0

interface Answer {
  status: number
  type: string
  text: string
}

async function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Uint8Array<ArrayBuffer>
): Promise<Answer> {
  sentCount++
  const response = await fetch(real.url + path, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${tokenFor(path)}`, ...headers },
    ...(body !== undefined && { body })
  })
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() }
}

const statusOf = (code: string) =>
  Object.hasOwn(errorTable, code) ? errorTable[code as keyof typeof errorTable].statusCode : undefined

const isOf = (status: number, { message, extensions }: GraphqlError) =>
  typeof message === 'string' && statusOf(extensions.code) === status

/** Tells whether an answer is an error in the form of the contract. */
function isContractError({ status, type, text }: Answer): boolean {
  if (!type.startsWith('application/json')) return false
  const { errors, ...answer } = JSON.parse(text)
  // Errors of GraphQL have the form of its specification, with a code of the contract.
  if (errors !== undefined) return errors.length > 0 && errors.every((each: GraphqlError) => isOf(status, each))
  const { statusCode, code, error, message, ...rest } = answer
  const known = Object.hasOwn(errorTable, code) && errorTable[code as keyof typeof errorTable]
  return (
    known !== false &&
    known.statusCode === status &&
    statusCode === status &&
    error === known.title &&
    typeof message === 'string' &&
    Object.keys(rest).every(name => name === 'issues' || name === 'retryAfterMs')
  )
}

/** Checks that a request was rejected by a client error of the contract. */
function checkRejected(t: Test, name: string, answer: Answer): void {
  const isFine = answer.status >= 400 && answer.status < 500 && isContractError(answer)
  if (!isFine) t.fail(`${name}: ${answer.status} ${answer.type} ${answer.text.slice(0, 200)}`)
}

/** Checks that a request got any answer but a server error, and that an error is in the form of the contract. */
function checkHandled(t: Test, name: string, answer: Answer): void {
  const isFine = answer.status < 400 || (answer.status < 500 && isContractError(answer))
  if (!isFine) t.fail(`${name}: ${answer.status} ${answer.type} ${answer.text.slice(0, 200)}`)
}

/** Returns a URL of the operation with ids that exist, as far as possible. */
function pathOf({ path }: Operation, id = world.liveShowId): string {
  return path.replace(/\{showId\}/, world.liveShowId).replace(/\{\w+\}/g, encodeURIComponent(id))
}

const takesBody = ({ operationId }: Operation) =>
  ['POST', 'PUT', 'PATCH'].includes(operations.find(operation => operation.operationId === operationId)?.method ?? '')

t.test('hostile bodies are rejected', async t => {
  for (const operation of operations.filter(takesBody)) {
    // No body is what an operation without one expects.
    for (const [name, body] of hostileBodies.filter(([, body]) => body !== '' || operation.hasBody)) {
      checkRejected(
        t,
        `${operation.operationId} with ${name}`,
        await send(operation.method, pathOf(operation), { 'content-type': 'application/json' }, body)
      )
    }
  }
})

t.test('valid bodies with one hostile value are rejected', async t => {
  for (const operation of operations.filter(takesBody)) {
    const { body } = (await expectations[operation.operationId]?.[0]?.attempt(world, 'other')) ?? {}
    for (const property of Object.keys(body ?? {})) {
      for (const value of [
        { $gt: '' },
        { $ne: null },
        ['x'],
        null,
        7.5,
        true,
        '\u0000',
        '\ud800',
        'x'.repeat(40_000)
      ]) {
        const answer = await send(
          operation.method,
          pathOf(operation),
          { 'content-type': 'application/json' },
          JSON.stringify({ ...body, [property]: value })
        )
        checkRejected(t, `${operation.operationId} with ${property} = ${JSON.stringify(value).slice(0, 30)}`, answer)
      }
    }
  }
})

t.test('bodies of another type than their content type are rejected', async t => {
  for (const operation of operations.filter(takesBody)) {
    for (const [type, body] of wrongContents) {
      checkRejected(
        t,
        `${operation.operationId} as ${type}`,
        await send(operation.method, pathOf(operation), { 'content-type': type }, body)
      )
    }
  }
})

t.test('hostile ids in paths cause no server error', async t => {
  for (const operation of operations.filter(({ path }) => path.includes('{'))) {
    for (const id of [...hostileIds, world.people.owner.id, world.liveShowId]) {
      checkHandled(
        t,
        `${operation.operationId} of ${id.slice(0, 30)}`,
        await send(
          operation.method,
          operation.path.replace(/\{\w+\}/g, encodeURIComponent(id)),
          { 'content-type': 'application/json' },
          takesBody(operation) ? '{"extra":1}' : undefined
        )
      )
    }
  }
})

t.test('hostile queries cause no server error', async t => {
  for (const operation of operations.filter(({ method }) => method === 'GET')) {
    for (const query of hostileQueries) {
      checkHandled(
        t,
        `${operation.operationId}?${query.slice(0, 40)}`,
        await send('GET', `${pathOf(operation)}?${query}`)
      )
    }
  }
})

t.test('invalid tokens are rejected', async t => {
  const bad = await badTokens(real.app, world.people.owner.id)
  const authenticated = operations.filter(({ operationId }) =>
    expectations[operationId]?.some(({ statuses }) => statuses[0] === 401 || statuses[0] === 404)
  )
  for (const operation of authenticated) {
    for (const [name, authorization] of bad) {
      const answer = await send(
        operation.method,
        pathOf(operation),
        { authorization, 'content-type': 'application/json' },
        takesBody(operation) ? '{}' : undefined
      )
      checkRejected(t, `${operation.operationId} with ${name}`, answer)
    }
  }
})

t.test('malformed forms are rejected', async t => {
  for (const operation of operations.filter(takesBody)) {
    for (const [name, type, body] of malformedForms) {
      checkRejected(
        t,
        `${operation.operationId} with ${name}`,
        await send(operation.method, pathOf(operation), { 'content-type': type }, body)
      )
    }
  }
})

t.test('malformed HTTP is rejected', async t => {
  const { hostname, port } = new URL(real.url)
  for (const [name, request] of rawRequests) {
    sentCount++
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(Number(port), hostname, () => socket.write(request))
      socket
        .setEncoding('latin1')
        .on('data', chunk => {
          text += chunk
        })
        .on('close', () => resolve(text))
        .on('error', reject)
    })
    const [head = '', text = ''] = answer.split('\r\n\r\n')
    const type = /^content-type: (.*)$/im.exec(head)?.[1] ?? ''
    checkRejected(t, name, { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), type, text })
  }
})

t.test('the server and its data are unchanged afterwards', async t => {
  t.comment(`${sentCount} hostile requests`)
  t.ok(sentCount >= 1000)
  t.equal((await fetch(`${real.url}/readyz`)).status, 200)
  t.match(await real.app.users.find(world.people.owner.id), { displayName: 'Creator' })
  t.match(await real.app.shows.get(world.liveShowId, null), { status: 'live', title: 'A live show' })
  t.equal(Reflect.get({}, 'polluted'), undefined)
})
