/** What of a dashboard holds expressions. */
interface Panels {
  panels?: readonly object[]
}

/** What Grafana puts in the place of its variables, by something of the same kind. */
const variables: Readonly<Record<string, string>> = { $__rate_interval: '5m', $instance: '.*' }

/** Every expression of a dashboard, in order, as Prometheus would get it. */
export function expressionsOf(dashboard: Panels): string[] {
  return (dashboard.panels ?? []).flatMap(panel => {
    const own = 'targets' in panel && Array.isArray(panel.targets) ? panel.targets : []
    const inner = 'panels' in panel && Array.isArray(panel.panels) ? expressionsOf({ panels: panel.panels }) : []
    return [
      ...own.flatMap(({ expr }: { expr?: unknown }) => (typeof expr === 'string' ? [filled(expr)] : [])),
      ...inner
    ]
  })
}

/** Names of metrics that an expression reads. */
export function metricsIn(expression: string): string[] {
  return [...new Set(expression.match(/\b(?:ambient|process|nodejs)_[a-z0-9_]+\b/g))]
}

function filled(expression: string): string {
  return Object.entries(variables).reduce((text, [name, value]) => text.replaceAll(name, value), expression)
}
