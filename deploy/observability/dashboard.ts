/*
 * node deploy/observability/dashboard.ts > deploy/observability/dashboard.json
 *
 * Writes the Grafana dashboard. Import it in Grafana under Dashboards → New → Import.
 */
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort
} from '@grafana/grafana-foundation-sdk/dashboard'
import { clusterRows } from './dashboard/cluster-rows.ts'
import { buildChart, buildStat, datasource } from './dashboard/panels.ts'
import { here } from './dashboard/queries.ts'
import { serverRows } from './dashboard/server-rows.ts'
import { showRows } from './dashboard/show-rows.ts'

const stats = [
  buildStat('Up', 'Servers that answer', 'sum(up{job="ambient", instance=~"$instance"})'),
  buildStat('Shows', 'Live or interrupted', `sum(ambient_shows{${here}})`),
  buildStat('Listeners', 'People in shows, without their creators', `sum(ambient_listeners{${here}})`),
  buildStat('Sockets', 'Open connections', `sum(ambient_sockets{${here}})`),
  buildStat('On stage', 'People who can be heard', `sum(ambient_stage_people{${here}, state="onStage"})`),
  buildStat(
    'Dependencies down',
    'When not 0, /readyz fails; with only redis, kafka or metadata repositories it answers 200 and degraded',
    `sum(1 - ambient_dependency_up{${here}})`
  )
]

/** Builds the dashboard with Grafana's own builders, so that Grafana can read it. */
export function buildDashboard() {
  const board = new DashboardBuilder('Ambient')
    .uid('ambient')
    .tags(['ambient'])
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('instance')
        .label('Server')
        .datasource(datasource)
        .query('label_values(ambient_build_info, instance)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
    )
  for (const stat of stats) board.withPanel(stat)
  for (const [title, charts] of Object.entries({ ...showRows, ...clusterRows, ...serverRows })) {
    board.withRow(new RowBuilder(title))
    for (const chart of charts) board.withPanel(buildChart(chart))
  }
  return board.build()
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(buildDashboard(), null, 2)}\n`)
