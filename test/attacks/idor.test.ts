import t from 'tap'
import { startAppWithOperator } from '../operator-app.ts'
import { expectations, type Attempt } from './expectations.ts'
import { operationsOf, type Operation } from './operations.ts'
import { createWorld, roles, type Role, type World } from './world.ts'

const highLimit = '1000000'

/** Returns the person who sends the request of a role. */
function callerOf(world: World, role: Role, { caller }: Attempt) {
  if (caller !== undefined) return caller
  return role === 'anonymous' ? null : world.people[role]
}

async function send(
  world: World,
  role: Role,
  { method, path }: Operation,
  attempt: Attempt
): Promise<{ status: number; text: string }> {
  const { params = {}, query = {}, body, form } = attempt
  const caller = callerOf(world, role, attempt)
  const requestPath = path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? `no-${name}`)
  const response = await fetch(`${world.url}${requestPath}?${new URLSearchParams(query)}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(caller && { authorization: `Bearer ${caller.token}` }),
      ...(body && { 'content-type': 'application/json' })
    },
    ...(body ? { body: JSON.stringify(body) } : form && { body: form })
  })
  return { status: response.status, text: await response.text() }
}

const real = await startAppWithOperator(t, {
  LIMIT_REPORTS_PER_HOUR: highLimit,
  LIMIT_COMMENTS_PER_10S: highLimit,
  LIMIT_EVENTS_PER_10S: highLimit
})
const world = await createWorld(real)
const operations = await operationsOf(real.url)

t.test('every operation of the server has expectations, and there are no others', async t => {
  t.same(Object.keys(expectations).toSorted(), operations.map(({ operationId }) => operationId).toSorted())
})

for (const operation of operations) {
  for (const { case: name, attempt, statuses, hidden } of expectations[operation.operationId] ?? []) {
    t.test(`${operation.operationId} ${name}`, async t => {
      for (const [n, role] of roles.entries()) {
        const { status, text } = await send(world, role, operation, await attempt(world, role))
        t.equal(status, statuses[n], `${role} gets ${statuses[n]}: ${status} ${text.slice(0, 200)}`)
        if (hidden && role !== 'owner') {
          t.notOk(text.includes(hidden(world)), `${role} does not see the owner's data`)
        }
      }
    })
  }
}
