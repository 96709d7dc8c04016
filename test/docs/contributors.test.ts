import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { pageText } from './page-blocks.ts'

const root = join(import.meta.dirname, '..', '..')
const page = pageText('docs/contributors.md')

/** Returns the rows of the table in a section of the page, as cells. */
function rowsOf(section: string): string[][] {
  const [, text = ''] = page.split(`\n## ${section}\n`)
  const [own = ''] = text.split('\n## ')
  const lines = own.split('\n').filter(line => line.startsWith('| '))
  return lines.slice(1).map(line => line.split(' | ').map(cell => cell.replaceAll(/^\| |[ |]+$/g, '')))
}

/** Returns the words of a cell that are written as code. */
function codeIn(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)
}

t.test('the names of the glossary exist in the code', async t => {
  const folders = ['contract', 'client', 'media', 'plugins', 'realtime', 'scripts']
  const files = folders.flatMap(folder => globSync(`${folder}/**/*.ts`, { cwd: root }))
  const words = new Set(files.flatMap(file => readFileSync(join(root, file), 'utf8').match(/\w+/g) ?? []))
  const names = rowsOf('Glossary')
    .flatMap(([, , name]) => codeIn(name))
    .filter(name => !name.includes('/'))
  t.ok(names.length > 40, `${names.length} names`)
  for (const name of names) {
    t.ok(
      name.split('.').every(word => words.has(word)),
      name
    )
  }
})

t.test('the page explains every dependency, and no other package', async t => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8')
  )
  const installed = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
  const explained = rowsOf('Dependencies').flatMap(([names]) => codeIn(names))
  const matches = (pattern: string, name: string) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
  t.same(
    installed.filter(name => !explained.some(pattern => matches(pattern, name))),
    [],
    'dependencies without an explanation'
  )
  t.same(
    explained.filter(pattern => !installed.some(name => matches(pattern, name))),
    [],
    'explanations without a dependency'
  )
})
