import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { rules } from '../../realtime/room/rules.ts'

const docs = join(import.meta.dirname, '..', '..', 'docs')
const page = await readFile(join(docs, 'room.md'), 'utf8')

interface Link {
  kind: string
  file: string
  name: string
}

function linksIn(text: string): Link[] {
  return [...text.matchAll(/\[(rule|test)\]\(([^ )]+) "([^\n]+)"\)/g)].map(([, kind = '', file = '', name = '']) => ({
    kind,
    file,
    name
  }))
}

/** The names that a file declares: its string literals. */
async function namesIn(file: string): Promise<Set<string>> {
  const source = await readFile(join(docs, file), 'utf8')
  return new Set([...source.matchAll(/'([^'\n]*)'|"([^"\n]*)"/g)].map(([, single, double]) => single ?? double ?? ''))
}

t.test('every statement of docs/room.md links to a rule or a test', async t => {
  const statements = page.split(/\n(?=- |## |\n)/).filter(part => part.startsWith('- '))
  t.ok(statements.length > 60, `${statements.length} statements`)
  for (const statement of statements) t.equal(linksIn(statement).length, 1, statement)
})

t.test('every link of docs/room.md names a rule or a test that its file has', async t => {
  for (const { kind, file, name } of linksIn(page)) {
    t.match(file, kind === 'rule' ? /^\.\.\/realtime\/room\/rules\// : /^\.\.\/test\//, file)
    t.ok((await namesIn(file)).has(name), `${file} has "${name}"`)
  }
})

t.test('docs/room.md links to every rule', async t => {
  const linked = new Set(linksIn(page).map(({ name }) => name))
  t.same(
    rules.map(({ name }) => name).filter(name => !linked.has(name)),
    []
  )
})
