import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import t from 'tap'

import { readDockerfile } from '../../../scripts/check-image/dockerfile.ts'

t.test('stages have their steps in order', async t => {
  const stages = readDockerfile(
    [
      'ARG BASE=debian:12-slim',
      '# A comment',
      'FROM $' + '{BASE} AS first',
      'ARG WAY=build',
      'RUN ["a.sh", "b c"]',
      'FROM first AS last',
      'LABEL a="b"',
      'COPY one two ./',
      'COPY --from=first /x/y y',
      'ENV A=1 \\',
      '  B="two words"',
      'WORKDIR /app',
      'USER 10:11',
      'VOLUME ["/data"]',
      'EXPOSE 1/udp',
      'HEALTHCHECK --interval=1s CMD ["check", "it"]',
      'ENTRYPOINT ["tini", "--"]',
      'CMD ["node"]'
    ].join('\n')
  )
  t.same(stages, [
    {
      name: 'first',
      from: 'debian:12-slim',
      steps: [
        { kind: 'set', set: { what: 'arg', name: 'WAY', value: 'build' } },
        { kind: 'run', command: ['a.sh', 'b c'] }
      ]
    },
    {
      name: 'last',
      from: 'first',
      steps: [
        { kind: 'copy', from: undefined, sources: ['one', 'two'], target: './' },
        { kind: 'copy', from: 'first', sources: ['/x/y'], target: 'y' },
        { kind: 'set', set: { what: 'env', values: { A: '1', B: 'two words' } } },
        { kind: 'set', set: { what: 'workdir', value: '/app' } },
        { kind: 'set', set: { what: 'user', value: '10:11' } },
        { kind: 'set', set: { what: 'volumes', folders: ['/data'] } },
        { kind: 'set', set: { what: 'healthcheck', command: ['check', 'it'] } },
        { kind: 'set', set: { what: 'entrypoint', command: ['tini', '--'] } },
        { kind: 'set', set: { what: 'command', command: ['node'] } }
      ]
    }
  ])
})

t.test('an unsupported instruction is an error with its line', async t => {
  for (const line of [
    'RUN apt-get update',
    'RUN --mount=type=cache,target=/x ["a"]',
    'COPY --chown=1:1 a b',
    'COPY a*.ts b',
    'COPY a',
    'ADD a b',
    'SHELL ["sh"]',
    'ONBUILD RUN ["a"]',
    'CMD node',
    'HEALTHCHECK NONE',
    'HEALTHCHECK CMD curl x'
  ]) {
    t.throws(() => readDockerfile(`FROM debian:12-slim AS one\n${line}\n`), /line 2/, line)
  }
  t.throws(() => readDockerfile('FROM debian:12-slim'), /line 1/, 'a stage without a name')
  t.throws(() => readDockerfile('RUN ["a"]'), /line 1/, 'a step before the first stage')
})

t.test('the Dockerfile of the project is supported, and its last user is not root', async t => {
  const stages = readDockerfile(await readFile(join(import.meta.dirname, '..', '..', '..', 'Dockerfile'), 'utf8'))
  const users = stages
    .at(-1)
    ?.steps.flatMap(step => (step.kind === 'set' && step.set.what === 'user' ? [step.set.value] : []))
  t.same(users, ['10001:10001'])
})
