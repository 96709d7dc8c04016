/**
 * Proves that every rule of the room is needed and kept: takes each one out of the table, whole and for each command it is
 * about, and demands that a property fails. Ends with 1 when one is not missed.
 */
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import fc from 'fast-check'

import { rules, type Rule } from '../realtime/room/rules.ts'
import type { CommandType } from '../realtime/room/commands.ts'
import { stories } from '../test/realtime/room/moves.ts'
import { properties } from '../test/realtime/room/properties.ts'
import { play } from '../test/realtime/room/runner.ts'

/** A rule that is taken out: for one command, or (null) altogether. */
interface Mutation {
  readonly rule: string
  readonly command: CommandType | null
}
interface Verdict extends Mutation {
  readonly noticedBy: string | null
  readonly tookMs: number
}

const runs = Number(process.env.MUTATION_RUNS ?? 1000)
const threads = 2
/** The same shows every time, so that what is noticed today is noticed tomorrow. */
const seed = 20_000

function without({ rule: name, command }: Mutation): readonly Rule[] {
  if (command === null) return rules.filter(rule => rule.name !== name)
  return rules.map(rule =>
    rule.name !== name
      ? rule
      : {
          name,
          refuses: (house, actor, asked, nowMs) =>
            asked.type === command ? null : rule.refuses(house, actor, asked, nowMs)
        }
  )
}

/** The first property that fails without the rule. */
function noticed(mutation: Mutation): string | null {
  const mutated = without(mutation)
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

async function tryAll(mutations: readonly Mutation[]): Promise<Verdict[]> {
  const waiting = [...mutations]
  const verdicts: Verdict[] = []
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL(import.meta.url))
      try {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const verdict = await ask(worker, next)
          verdicts.push(verdict)
          tell(verdict, verdicts.length, mutations.length)
        }
      } finally {
        await worker.terminate()
      }
    })
  )
  return verdicts
}

async function ask(worker: Worker, mutation: Mutation): Promise<Verdict> {
  return await new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (verdict: Verdict) => {
      worker.off('error', reject)
      resolve(verdict)
    })
    worker.postMessage(mutation)
  })
}

const named = ({ rule, command }: Mutation) => (command === null ? rule : `${rule}, for ${command}`)

function tell(verdict: Verdict, done: number, all: number): void {
  const { noticedBy, tookMs } = verdict
  const outcome = noticedBy === null ? 'NOT MISSED by any property' : `missed by: ${noticedBy}`
  console.log(`${noticedBy === null ? '✗' : '✓'} ${done}/${all} ${named(verdict)} ${tookMs}ms – ${outcome}`)
}

function requireSound(): void {
  for (const { name, holds } of properties) {
    const { failed } = fc.check(
      fc.property(stories, story => holds(story, rules)),
      { numRuns: runs, seed }
    )
    if (failed) throw new Error(`"${name}" fails with all rules in place; run the properties first.`)
  }
}

async function checkAll(): Promise<void> {
  requireSound()
  const verdicts = await tryAll(findMutations())
  const survivors = verdicts.filter(({ noticedBy }) => noticedBy === null)
  if (survivors.length > 0) {
    console.log(
      `\nNothing notices when these are gone:\n${survivors.map(survivor => `  ${named(survivor)}`).join('\n')}`
    )
  }
  console.log(
    `${rules.length} rules, ${verdicts.length} mutations, ${verdicts.length - survivors.length} noticed, ${survivors.length} not, in ${Math.round(performance.now() / 1000)} s`
  )
  process.exitCode = survivors.length > 0 ? 1 : 0
}

if (isMainThread) await checkAll()
else {
  parentPort?.on('message', (mutation: Mutation) => {
    const startedAt = performance.now()
    const verdict: Verdict = {
      ...mutation,
      noticedBy: noticed(mutation),
      tookMs: Math.round(performance.now() - startedAt)
    }
    parentPort?.postMessage(verdict)
  })
}
