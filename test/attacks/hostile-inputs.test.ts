import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { errorTable } from '../../contract/errors.ts'
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

const roomy = '100000000'
/** These would end the sign-in that everything is asked with. */
const selfEnding = new Set(['eraseMe'])

const real = await startAppWithOperator(t, {
  LIMIT_REPORTS_PER_HOUR: roomy,
  LIMIT_COMMENTS_PER_10S: roomy,
  LIMIT_BODY_BYTES: '65536'
})
const world = await createWorld(real)
const operations = (await operationsOf(real.url)).filter(({ operationId }) => !selfEnding.has(operationId))
/** Who gets furthest: operators' routes are there for an operator only. */
const tokenFor = (address: string) =>
  address.startsWith('/v1/operator/') ? real.operator.token : world.people.other.token
let sent = 0

interface Sent {
  status: number
  type: string
  text: string
}

async function send(
  method: string,
  address: string,
  headers: Record<string, string> = {},
  body?: string | Uint8Array<ArrayBuffer>
): Promise<Sent> {
  sent++
  const response = await fetch(real.url + address, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${tokenFor(address)}`, ...headers },
    ...(body !== undefined && { body })
  })
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() }
}

/** Whether an answer is an error as the contract has them. */
function isContractError({ status, type, text }: Sent): boolean {
  if (!type.startsWith('application/json')) return false
  const { statusCode, code, error, message, ...rest } = JSON.parse(text)
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

/** Refused, by an error of the contract that is not our fault. */
function refused(t: Test, name: string, answer: Sent): void {
  const good = answer.status >= 400 && answer.status < 500 && isContractError(answer)
  if (!good) t.fail(`${name}: ${answer.status} ${answer.type} ${answer.text.slice(0, 200)}`)
}

/** Answered somehow, but not with a failure of ours, and errors in their shape. */
function survived(t: Test, name: string, answer: Sent): void {
  const good = answer.status < 400 || (answer.status < 500 && isContractError(answer))
  if (!good) t.fail(`${name}: ${answer.status} ${answer.type} ${answer.text.slice(0, 200)}`)
}

/** An address of the operation with things that are there, as far as a path may name them. */
function addressOf({ path }: Operation, id = world.liveShowId): string {
  return path.replace(/\{showId\}/, world.liveShowId).replace(/\{\w+\}/g, encodeURIComponent(id))
}

const takesBody = ({ operationId }: Operation) =>
  ['POST', 'PUT', 'PATCH'].includes(operations.find(operation => operation.operationId === operationId)?.method ?? '')

t.test('bodies', async t => {
  for (const operation of operations.filter(takesBody)) {
    for (const [name, body] of hostileBodies) {
      refused(
        t,
        `${operation.operationId} with ${name}`,
        await send(operation.method, addressOf(operation), { 'content-type': 'application/json' }, body)
      )
    }
  }
})

t.test('known bodies with a hostile value in each place', async t => {
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
          addressOf(operation),
          { 'content-type': 'application/json' },
          JSON.stringify({ ...body, [property]: value })
        )
        refused(t, `${operation.operationId} with ${property} = ${JSON.stringify(value).slice(0, 30)}`, answer)
      }
    }
  }
})

t.test('bodies of another type than they say', async t => {
  for (const operation of operations.filter(takesBody)) {
    for (const [type, body] of wrongContents) {
      refused(
        t,
        `${operation.operationId} as ${type}`,
        await send(operation.method, addressOf(operation), { 'content-type': type }, body)
      )
    }
  }
})

t.test('ids in paths', async t => {
  for (const operation of operations.filter(({ path }) => path.includes('{'))) {
    for (const id of [...hostileIds, world.people.owner.id, world.liveShowId]) {
      survived(
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

t.test('queries', async t => {
  for (const operation of operations.filter(({ method }) => method === 'GET')) {
    for (const query of hostileQueries) {
      survived(
        t,
        `${operation.operationId}?${query.slice(0, 40)}`,
        await send('GET', `${addressOf(operation)}?${query}`)
      )
    }
  }
})

t.test('tokens that are not good let nobody in', async t => {
  const bad = await badTokens(real.app, world.people.owner.id)
  const knowsPeople = operations.filter(({ operationId }) =>
    expectations[operationId]?.some(({ statuses }) => statuses[0] === 401 || statuses[0] === 404)
  )
  for (const operation of knowsPeople) {
    for (const [name, authorization] of bad) {
      const answer = await send(
        operation.method,
        addressOf(operation),
        { authorization, 'content-type': 'application/json' },
        takesBody(operation) ? '{}' : undefined
      )
      refused(t, `${operation.operationId} with ${name}`, answer)
    }
  }
})

t.test('forms', async t => {
  for (const operation of operations.filter(takesBody)) {
    for (const [name, type, body] of malformedForms) {
      refused(
        t,
        `${operation.operationId} with ${name}`,
        await send(operation.method, addressOf(operation), { 'content-type': type }, body)
      )
    }
  }
})

t.test('bytes that are hardly HTTP', async t => {
  const { hostname, port } = new URL(real.url)
  for (const [name, request] of rawRequests) {
    sent++
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
    refused(t, name, { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), type, text })
  }
})

t.test('afterwards all is as it was', async t => {
  t.comment(`${sent} hostile requests`)
  t.ok(sent >= 1000)
  t.equal((await fetch(`${real.url}/readyz`)).status, 200)
  t.match(await real.app.users.find(world.people.owner.id), { displayName: 'Creator' })
  t.match(await real.app.shows.get(world.liveShowId, null), { status: 'live', title: 'A live show' })
  t.equal(Reflect.get({}, 'polluted'), undefined)
})
