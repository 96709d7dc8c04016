import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { parse } from 'yaml'
import { buildDashboard } from '../../../deploy/observability/dashboard.ts'
import { expressionsOf, metricsIn } from '../../../deploy/observability/expressions.ts'
import { startApp } from '../../realtime/real-app.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const read = async (path: string) => await readFile(join(root, path), 'utf8')

const Alerts = Type.Object({
  groups: Type.Array(
    Type.Object({
      rules: Type.Array(
        Type.Object({
          alert: Type.String(),
          expr: Type.String(),
          labels: Type.Object({ severity: Type.String() }),
          annotations: Type.Object({
            summary: Type.String(),
            description: Type.String(),
            runbook_url: Type.String()
          })
        })
      )
    })
  )
})

async function readAlerts() {
  const { groups } = Value.Parse(Alerts, parse(await read('deploy/observability/alerts.yaml')))
  return groups.flatMap(({ rules }) => rules)
}

/** Returns the names of all series that a server can expose, including those without a value yet. */
function seriesNames(text: string): Set<string> {
  const names = new Set<string>()
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    for (const suffix of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) names.add(name + suffix)
  }
  return names
}

t.test('dashboard.json is up to date and can be imported', async t => {
  const board = JSON.parse(await read('deploy/observability/dashboard.json'))
  t.strictSame(
    board,
    JSON.parse(JSON.stringify(buildDashboard())),
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
    t.ok(title && description && targets.length > 0, `${title} has a description and queries`)
    t.equal(datasource.uid, '$datasource', 'the selected Prometheus is used')
    t.equal(new Set(targets.map(({ refId }: { refId: string }) => refId)).size, targets.length)
  }
})

t.test('the dashboard and the alerts use all metrics of the server, and no others', async t => {
  const { app } = await startApp(t)
  const served = seriesNames(await app.metrics.text())
  const shown = new Set(expressionsOf(buildDashboard()).flatMap(metricsIn))
  const alerted = metricsIn((await readAlerts()).map(({ expr }) => expr).join('\n')).filter(name => name !== 'ambient_')
  t.ok(shown.size > 40 && alerted.length > 10)
  for (const name of [...shown, ...alerted]) t.ok(served.has(name), name)
  const used = new Set([...shown, ...alerted].map(name => name.replace(/_(bucket|sum|count)$/, '')))
  for (const name of served) {
    if (name.startsWith('ambient_')) {
      t.ok(used.has(name.replace(/_(bucket|sum|count)$/, '')), `${name} is used`)
    }
  }
})

t.test('every alert has a description, a link to its runbook, and a test', async t => {
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
  for (const { alert, labels, annotations } of await readAlerts()) {
    t.match(labels.severity, /^(page|warn)$/, alert)
    t.match(annotations.summary, /^\S.{20,}$/, alert)
    t.match(annotations.description, /^[A-Z].{30,}\.$/, `${alert} describes what to do`)
    const [path, anchor = ''] = annotations.runbook_url.split('#')
    t.equal(path, 'docs/operators/seeing.md', alert)
    t.ok(anchors.has(anchor), `#${anchor}`)
    t.ok(tests.includes(`name: '${alert} fires'`), `${alert} is tested`)
  }
})
