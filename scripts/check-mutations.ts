/*
 * npm run check:mutations
 *
 * Proves that every rule of the room is needed and tested: takes each rule out of the table, as a whole and for each command it covers,
 * and demands that a property fails. The ordered log is proven in the same way: a log that inserts out of order must break its property.
 * Exits with 1 when a mutation survives.
 */
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import fc from 'fast-check'

import type { CommandType } from '../realtime/room/commands.ts'
import type { Rule } from '../realtime/room/rules/rule.ts'
import { rules } from '../realtime/room/rules.ts'
import { stories } from '../test/realtime/room/moves.ts'
import { properties } from '../test/realtime/room/properties.ts'
import { play } from '../test/realtime/room/runner.ts'
import { contestedLog } from '../test/realtime/rooms/contested-log.ts'

/** A rule that is taken out: for one command, or (null) for all. */
interface Mutation {
  readonly rule: string
  readonly command: CommandType | null
}

interface Verdict {
  readonly mutation: string
  /** The first property that failed; null when the mutation survived. */
  readonly detectedBy: string | null
  readonly tookMs: number
}

const runs = Number(process.env.MUTATION_RUNS ?? 1000)
const threads = 2
/** The same shows every time, so that a mutation detected today is detected tomorrow. */
const seed = 20_000

function rulesWithout({ rule: name, command }: Mutation): readonly Rule[] {
  if (command === null) return rules.filter(rule => rule.name !== name)
  return rules.map(rule =>
    rule.name !== name
      ? rule
      : {
          name,
          refuses: (state, actor, checked, nowMs) =>
            checked.type === command ? null : rule.refuses(state, actor, checked, nowMs)
        }
  )
}

/** The first property that fails without the rule. */
function findFailure(mutation: Mutation): string | null {
  const mutated = rulesWithout(mutation)
  const broken = properties.find(
    ({ holds }) =>
      fc.check(
        fc.property(stories, story => holds(story, mutated)),
        { numRuns: runs, seed, endOnFailure: true }
      ).failed
  )
  return broken?.name ?? null
}

/** Every rule, and every command that a rule was seen to refuse. */
function findMutations(): Mutation[] {
  const refused = new Map(rules.map(({ name }) => [name, new Set<CommandType>()]))
  const sample = fc.sample(stories, { numRuns: runs, seed })
  for (const story of sample) {
    play(story, rules, ({ before, actor, command, at }) => {
      for (const rule of rules) if (rule.refuses(before, actor, command, at)) refused.get(rule.name)?.add(command.type)
    })
  }
  return [...refused].flatMap(([rule, commands]) => [
    { rule, command: null },
    ...(commands.size > 1 ? [...commands].map(command => ({ rule, command })) : [])
  ])
}

async function tryRules(mutations: readonly Mutation[]): Promise<Verdict[]> {
  const waiting = [...mutations]
  const verdicts: Verdict[] = []
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL(import.meta.url))
      try {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const verdict = await tryIn(worker, next)
          verdicts.push(verdict)
          report(verdict, `${verdicts.length}/${mutations.length}`)
        }
      } finally {
        await worker.terminate()
      }
    })
  )
  return verdicts
}

async function tryIn(worker: Worker, mutation: Mutation): Promise<Verdict> {
  return await new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (verdict: Verdict) => {
      worker.off('error', reject)
      resolve(verdict)
    })
    worker.postMessage(mutation)
  })
}

/** The log's own mutation. */
async function tryUnorderedInsert(): Promise<Verdict> {
  const startedAt = performance.now()
  const { failed } = await fc.check(contestedLog('unordered'), { numRuns: runs, seed, endOnFailure: true })
  const verdict = {
    mutation: 'log: unordered insert',
    detectedBy: failed ? 'two writers of one log never mix, and what is acknowledged is in the log' : null,
    tookMs: Math.round(performance.now() - startedAt)
  }
  report(verdict, 'log')
  return verdict
}

const nameOf = ({ rule, command }: Mutation) => (command === null ? rule : `${rule}, for ${command}`)

function report({ mutation, detectedBy, tookMs }: Verdict, place: string): void {
  const outcome = detectedBy === null ? 'SURVIVED every property' : `detected by: ${detectedBy}`
  console.log(`${detectedBy === null ? '✗' : '✓'} ${place} ${mutation} ${tookMs}ms – ${outcome}`)
}

async function requireSound(): Promise<void> {
  for (const { name, holds } of properties) {
    const { failed } = fc.check(
      fc.property(stories, story => holds(story, rules)),
      { numRuns: runs, seed }
    )
    if (failed) throw new Error(`"${name}" fails with all rules in place; run the properties first.`)
  }
  const { failed } = await fc.check(contestedLog('ordered'), { numRuns: runs, seed })
  if (failed) throw new Error('The property of the log fails without a mutation; run its test first.')
}

async function checkAll(): Promise<void> {
  await requireSound()
  const verdicts = [await tryUnorderedInsert(), ...(await tryRules(findMutations()))]
  const survivors = verdicts.filter(({ detectedBy }) => detectedBy === null)
  if (survivors.length > 0) {
    console.log(`\nNo property detects these:\n${survivors.map(({ mutation }) => `  ${mutation}`).join('\n')}`)
  }
  const seconds = Math.round(performance.now() / 1000)
  const detected = verdicts.length - survivors.length
  console.log(
    `${rules.length} rules, ${verdicts.length} mutations, ${detected} detected, ${survivors.length} not, in ${seconds} s`
  )
  process.exitCode = survivors.length > 0 ? 1 : 0
}

if (isMainThread) await checkAll()
else {
  parentPort?.on('message', (mutation: Mutation) => {
    const startedAt = performance.now()
    const verdict: Verdict = {
      mutation: nameOf(mutation),
      detectedBy: findFailure(mutation),
      tookMs: Math.round(performance.now() - startedAt)
    }
    parentPort?.postMessage(verdict)
  })
}
