/*
 * npm run check:alerts
 *
 * Checks the files that operators load with promtool of Prometheus: the alert rules are valid, each alert fires only
 * when it should, and all expressions of the dashboard are valid.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expressionsOf } from '../deploy/observability/expressions.ts'
import { buildDashboard } from '../deploy/observability/dashboard.ts'

const root = join(import.meta.dirname, '..')
const observability = join(root, 'deploy', 'observability')
const promtool = execFileSync(join(root, 'test', 'standins', 'promtool', 'build.sh'), {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit']
}).trim()

function runPromtool(...args: string[]): boolean {
  return spawnSync(promtool, args, { cwd: observability, stdio: 'inherit' }).status === 0
}

/** Checks the dashboard's expressions. promtool reads only rules, so each expression becomes one. */
function checkExpressions(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'ambient-dashboard-'))
  try {
    const rules = expressionsOf(buildDashboard()).map((expression, index) => ({
      record: `panel:expression:n${index}`,
      expr: expression
    }))
    // JSON is YAML.
    writeFileSync(join(folder, 'dashboard.yaml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    return runPromtool('check', 'rules', join(folder, 'dashboard.yaml'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const results = [
  runPromtool('check', 'rules', '--lint-fatal', 'alerts.yaml'),
  runPromtool('test', 'rules', 'alerts_test.yaml'),
  checkExpressions()
]
process.exitCode = results.every(Boolean) ? 0 : 1
