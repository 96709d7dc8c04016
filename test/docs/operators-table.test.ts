import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '../..')

async function sources(): Promise<string> {
  const texts = ['app.ts', 'config/config.ts', 'server.ts']
  for (const folder of ['config', 'contract', 'media', 'plugins', 'realtime', 'routes', 'scripts']) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      if (name.endsWith('.ts')) texts.push(join(folder, name))
    }
  }
  return (await Promise.all(texts.map(async path => await readFile(join(root, path), 'utf8'))))
    .join('\n')
    .replaceAll("\\'", "'")
}

const page = await readFile(join(root, 'docs/operators.md'), 'utf8')
const rows = page
  .slice(page.indexOf('## What happens when'), page.indexOf('## Stopping it'))
  .split('\n')
  .filter(line => line.startsWith('| ') && !line.startsWith('| symptom'))
  .map(line =>
    line
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim())
  )

t.test('the server has the texts that the table of symptoms quotes', async t => {
  const all = await sources()
  t.ok(rows.length > 30, `${rows.length} rows`)
  for (const cells of rows) {
    for (const [, words = ''] of cells.join(' ').matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)) {
      for (const part of words
        .split('…')
        .map(part => part.trim())
        .filter(part => part !== '')) {
        t.ok(all.includes(part), words)
      }
    }
  }
})

t.test('the tests that the table of symptoms names exist', async t => {
  for (const cells of rows) {
    t.equal(cells.length, 4, `${cells[0]}`)
    for (const [, path = ''] of cells.at(-1)!.matchAll(/`([^`]+)`/g)) t.ok(existsSync(join(root, path)), path)
  }
})

t.test('the log lines that the page about the log lists are written by the server', async t => {
  const page = await readFile(join(root, 'docs/operators/seeing.md'), 'utf8')
  const log = page.slice(page.indexOf('## Log'), page.indexOf('## Traces'))
  const messages = [...log.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message)
  )
  const all = await sources()
  t.ok(messages.length > 12, `${messages.length} messages`)
  for (const message of messages.filter(message => message !== 'msg')) t.ok(all.includes(`'${message}'`), message)
})
