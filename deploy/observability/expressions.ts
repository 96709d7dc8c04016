/** The part of a dashboard that contains expressions. */
interface Panels {
  panels?: readonly object[]
}

/** Example values of Grafana's variables. */
const variables: Readonly<Record<string, string>> = { $__rate_interval: '5m', $instance: '.*' }

/** Returns all expressions of a dashboard in order, with variables replaced, as Prometheus receives them. */
export function expressionsOf(dashboard: Panels): string[] {
  return (dashboard.panels ?? []).flatMap(panel => {
    const own = 'targets' in panel && Array.isArray(panel.targets) ? panel.targets : []
    const inner = 'panels' in panel && Array.isArray(panel.panels) ? expressionsOf({ panels: panel.panels }) : []
    return [
      ...own.flatMap(({ expr }: { expr?: unknown }) => (typeof expr === 'string' ? [replaceVariables(expr)] : [])),
      ...inner
    ]
  })
}

/** Returns the names of the metrics that an expression reads. */
export function metricsIn(expression: string): string[] {
  return [...new Set(expression.match(/\b(?:ambient|process|nodejs)_[a-z0-9_]+\b/g))]
}

function replaceVariables(expression: string): string {
  return Object.entries(variables).reduce((text, [name, value]) => text.replaceAll(name, value), expression)
}
