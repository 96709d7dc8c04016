/*
 * npm run check:alerts
 *
 * Has Prometheus' own promtool look at what operators load: that the alert rules are rules, that each fires when it should and not when it
 * should not, and that every expression of the dashboard is one.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expressionsOf } from '../deploy/observability/expressions.ts'
import { dashboard } from '../deploy/observability/dashboard.ts'

const root = join(import.meta.dirname, '..')
const observability = join(root, 'deploy', 'observability')
const promtool = execFileSync(join(root, 'test', 'standins', 'promtool', 'build.sh'), {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit']
}).trim()

function passes(...args: string[]): boolean {
  return spawnSync(promtool, args, { cwd: observability, stdio: 'inherit' }).status === 0
}

/** The dashboard's expressions as rules, since it is rules that promtool reads. */
function expressionsPass(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'ambient-dashboard-'))
  try {
    const rules = expressionsOf(dashboard()).map((expression, index) => ({
      record: `panel:expression:n${index}`,
      expr: expression
    }))
    // JSON is YAML.
    writeFileSync(join(folder, 'dashboard.yaml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    return passes('check', 'rules', join(folder, 'dashboard.yaml'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const results = [
  passes('check', 'rules', '--lint-fatal', 'alerts.yaml'),
  passes('test', 'rules', 'alerts_test.yaml'),
  expressionsPass()
]
process.exitCode = results.every(Boolean) ? 0 : 1
