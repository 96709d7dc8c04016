import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'

const root = join(import.meta.dirname, '..', '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const page = read('docs/known-behaviour.md')
const findings = globSync('findings/*.sh', { cwd: root }).map(path => basename(path))

/** The rows of the tables of a part of the page, without their heads, as cells. */
function rowsOf(part: string): string[][] {
  return part
    .split('\n')
    .filter(line => line.startsWith('| ') && !line.startsWith('| one expects'))
    .map(line => line.slice(2, -2).split(' | '))
}

/** Checks that a row has so many cells, and no empty one. Returns the first. */
function checkCells(t: Test, row: readonly string[], count: number): string {
  const [expected = ''] = row
  t.equal(row.length, count, expected)
  t.notOk(row.includes(''), expected)
  return expected
}

/** The names that a file of tests has: its string literals. */
function namesIn(source: string): Set<string> {
  const literals = source.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`\n]*)`/g)
  return new Set([...literals].map(([, single, double, template]) => single ?? double ?? template ?? ''))
}

const [met = '', unmet = ''] = page.split('\n## For contributors only\n')

t.test('each behaviour that people can meet names the version and what holds', async t => {
  const rows = rowsOf(met)
  t.ok(rows.length > 50, `${rows.length} rows`)
  for (const row of rows) {
    const expected = checkCells(t, row, 5)
    const [, path = '', name = ''] = /^\[test\]\(\.\.\/(\S+) "([^\n]+)"\)$/.exec(row[4] ?? '') ?? []
    t.ok(path && namesIn(read(path)).has(name), `${expected}: ${path} has "${name}"`)
  }
})

t.test('each behaviour that contributors meet says what we do', async t => {
  const rows = rowsOf(unmet)
  t.ok(rows.length > 5, `${rows.length} rows`)
  for (const row of rows) checkCells(t, row, 4)
})

t.test('each finding is a row of the page, and a line of the list', async t => {
  const linked = new Set([...page.matchAll(/\]\(\.\.\/findings\/([^)]+\.sh)\)/g)].map(([, name]) => name))
  const listed = [...read('findings/README.md').matchAll(/^\| \[[^\]]+\]\(([^)]+\.sh)\) \| .+ \|$/gm)].map(
    ([, name]) => name
  )
  for (const name of findings) t.ok(linked.has(name), `${name} is linked`)
  t.same(listed, findings.toSorted())
})

t.test('each finding has the form of findings', async t => {
  for (const name of findings) {
    const script = read(`findings/${name}`)
    const head = script.split('\nset -euo pipefail\n')[0] ?? ''
    t.match(head, /^#!\/usr\/bin\/env bash\n/, name)
    t.match(head, /Observed/, `${name} says what was observed`)
    t.match(head, /Needs /, `${name} says what it needs`)
    t.match(head, /Exits with 1/, `${name} says how it ends`)
    t.match(script, /mktemp -d/, `${name} works in a temporary folder`)
    t.match(script, /\ntrap /, `${name} removes it`)
    t.notMatch(
      script,
      /https?:\/\/(?!127\.0\.0\.1|localhost|www\.rfc-editor\.org)[^\s]*registry/,
      `${name} names no registry`
    )
  }
})
