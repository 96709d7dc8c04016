#!/usr/bin/env bash
# mercurius 16.10.1 with `jit` keeps a compiled query by the text of its document only. A document may have several
# operations, of which `operationName` selects one (GraphQL specification, section 6.1). Once the document is compiled,
# every request with this text is answered with the operation that was compiled, whatever it names: other data than
# asked for, with status 200 and without an error. Without `jit`, the name selects the operation.
#
# Observed with mercurius 16.10.1, graphql 16.15.0 and fastify 5.12.8:
#   jit 0: First: first, First: first, Second: second
#   jit 1: First: first, First: first, Second: first
# Needs node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund mercurius@16.10.1 graphql@16.15.0 fastify@5.12.8

cat > ask.mjs << 'JS'
import { setTimeout } from 'node:timers/promises'
import Fastify from 'fastify'
import mercurius from 'mercurius'

const query = 'query First { first } query Second { second }'
const resolvers = { Query: { first: () => 'first', second: () => 'second' } }
for (const jit of [0, 1]) {
  const app = Fastify()
  app.register(mercurius, { schema: 'type Query { first: String second: String }', resolvers, jit })
  await app.ready()
  const answers = []
  for (const operationName of ['First', 'First', 'Second']) {
    const answer = await app.inject({ method: 'POST', url: '/graphql', payload: { query, operationName } })
    answers.push(`${operationName}: ${Object.values(answer.json().data)}`)
    await setTimeout(50)
  }
  console.log(`jit ${jit}: ${answers.join(', ')}`)
  await app.close()
}
JS

observed=$(node ask.mjs)
echo "$observed"
[ "$observed" = 'jit 0: First: first, First: first, Second: second
jit 1: First: first, First: first, Second: first' ]
