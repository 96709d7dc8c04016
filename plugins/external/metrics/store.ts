import { Counter, Histogram, type Registry } from 'prom-client'

/** Commands that the driver and the client of DynamoDB send for the server. Any other command is counted as `other`. */
const commands: ReadonlySet<string> = new Set([
  'find',
  'getMore',
  'insert',
  'update',
  'delete',
  'findAndModify',
  'count',
  'distinct',
  'aggregate',
  'createIndexes',
  'listIndexes',
  'ping',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
  'TransactWriteItems'
])

/** Metrics of database commands, as the driver sees them. */
export function createStoreMeter(registry: Registry) {
  const durations = new Histogram({
    name: 'ambient_store_command_duration_seconds',
    help: 'Time from sending a command to the database to its answer, by command',
    labelNames: ['command'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    registers: [registry]
  })
  const failures = new Counter({
    name: 'ambient_store_command_failures_total',
    help: 'Commands that the database answered with an error or not at all',
    labelNames: ['command'],
    registers: [registry]
  })
  const labelOf = (command: string) => (commands.has(command) ? command : 'other')

  return {
    answered(command: string, durationMs: number): void {
      durations.observe({ command: labelOf(command) }, durationMs / 1000)
    },
    failed(command: string, durationMs: number): void {
      durations.observe({ command: labelOf(command) }, durationMs / 1000)
      failures.inc({ command: labelOf(command) })
    }
  }
}
