import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'

/** The lines of a panel: expressions by legend. */
type Lines = Readonly<Record<string, string>>

export interface Chart {
  title: string
  description: string
  unit: 'short' | 's' | 'bytes' | 'Bps' | 'percentunit' | 'cps'
  lines: Lines
}

/** Charts by the title of their row. */
export type Rows = Readonly<Record<string, readonly Chart[]>>

/** The Prometheus that is selected in the dashboard. */
export const datasource = { type: 'prometheus', uid: '$datasource' }
/** Sizes in units of Grafana's grid, which has 24 columns. */
const [chartWidth, chartHeight] = [8, 8]
const [statWidth, statHeight] = [4, 4]

/** Builds a panel with one current number. */
export function buildStat(title: string, description: string, expression: string): StatBuilder {
  return new StatBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit('short')
    .height(statHeight)
    .span(statWidth)
    .targets(queries({ '': expression }))
}

/** Builds a panel with lines over time. */
export function buildChart({ title, description, unit, lines }: Chart): TimeseriesBuilder {
  return new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .min(0)
    .height(chartHeight)
    .span(chartWidth)
    .targets(queries(lines))
}

function queries(lines: Lines): DataqueryBuilder[] {
  return Object.entries(lines).map(([legend, expression], index) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .expr(expression)
      .legendFormat(legend)
  )
}
