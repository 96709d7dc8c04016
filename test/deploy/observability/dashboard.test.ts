import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { dashboard } from '../../../deploy/observability/dashboard.ts'
import { expressionsOf, metricsIn } from '../../../deploy/observability/expressions.ts'
import { startApp } from '../../realtime/real-app.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const read = async (path: string) => await readFile(join(root, path), 'utf8')

/** Every series name a server can have, whatever happened on it so far. */
async function namesServed(text: string): Promise<Set<string>> {
  const names = new Set<string>()
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    for (const suffix of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) names.add(name + suffix)
  }
  return names
}

t.test('the dashboard is the one that is built, and fit to be imported', async t => {
  const board = JSON.parse(await read('deploy/observability/dashboard.json'))
  t.strictSame(
    board,
    JSON.parse(JSON.stringify(dashboard())),
    'node deploy/observability/dashboard.ts > deploy/observability/dashboard.json'
  )
  t.match(board, {
    uid: 'ambient',
    title: 'Ambient',
    schemaVersion: Number,
    templating: { list: [{ name: 'datasource' }, { name: 'instance' }] }
  })
  for (const { type, title, description, targets, gridPos, datasource } of board.panels) {
    t.match(gridPos, { x: Number, y: Number, w: Number, h: Number }, title)
    if (type === 'row') continue
    t.ok(title && description && targets.length > 0, `${title} says what it shows`)
    t.equal(datasource.uid, '$datasource', 'whatever Prometheus is chosen')
    t.equal(new Set(targets.map(({ refId }: { refId: string }) => refId)).size, targets.length)
  }
})

t.test('what is shown and alerted on is what a server counts, and what it counts is shown or alerted on', async t => {
  const { app } = await startApp(t)
  const served = await namesServed(await app.metrics.text())
  const alerts = await read('deploy/observability/alerts.yaml')
  const shown = new Set(expressionsOf(dashboard()).flatMap(metricsIn))
  const alerted = metricsIn(
    [...alerts.matchAll(/^ {8}expr:.*(?:\n {10}.*)*/gm)].map(([expression]) => expression).join('\n')
  ).filter(name => name !== 'ambient_')
  t.ok(shown.size > 40 && alerted.length > 10)
  for (const name of [...shown, ...alerted]) t.ok(served.has(name), name)
  const looked = new Set([...shown, ...alerted].map(name => name.replace(/_(bucket|sum|count)$/, '')))
  for (const name of served) {
    if (name.startsWith('ambient_')) {
      t.ok(looked.has(name.replace(/_(bucket|sum|count)$/, '')), `${name} is looked at somewhere`)
    }
  }
})

t.test('every alert says what to do, and where to read more', async t => {
  const alerts = (await read('deploy/observability/alerts.yaml')).split(/^ {6}- alert: /m).slice(1)
  const page = await read('docs/operators/seeing.md')
  const anchors = new Set(
    [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-')
    )
  )
  const tests = await read('deploy/observability/alerts_test.yaml')
  for (const alert of alerts) {
    const name = /^\w+/.exec(alert)?.[0] ?? ''
    t.match(alert, /labels: \{ severity: (page|warn) \}/, name)
    t.match(alert, /^ +summary: \S.{20,}$/m, name)
    t.match(alert, /^ +description: [A-Z].{30,}\.$/m, `${name} says in a sentence what to do`)
    const [, path, anchor = ''] = /runbook_url: (docs\/operators\/seeing\.md)#(\S+)/.exec(alert) ?? []
    t.equal(path, 'docs/operators/seeing.md', name)
    t.ok(anchors.has(anchor), `#${anchor}`)
    t.ok(tests.includes(`name: '${name} fires'`), `${name} is tried`)
  }
})
