import { parseArgs } from 'node:util'
import { copyDatabase, verifyCopy } from './database/copy.ts'
import { assertExists, CopyError, openDatabase, parseLocation } from './database/location.ts'
import { compareRecords, copyRecords } from './database/record-copy.ts'
import { parseRecordLocation } from './database/record-location.ts'
import { runCommand, type CommandContext, type OperatorCommand } from './operator-command.ts'
import { reportTo } from './progress.ts'

const usage = `Copies a database: npm run db:copy -- FROM TO [--overwrite]
Copies only the records: npm run db:copy -- --records FROM TO [--overwrite | --continue]

FROM and TO are embedded:FOLDER (the DATA_DIR of a server without MONGODB_URL) or mongodb://HOST/DATABASE.
Stop the servers that use them first. --overwrite replaces all data in TO.

Records are room events, comments and statistics. FROM and TO may then also be dynamodb://REGION/TABLE?endpoint=URL, with
the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. --overwrite replaces the records in TO; --continue completes a
copy that was interrupted.
`

interface Arguments {
  from: string
  to: string
  overwrite: boolean
  records: boolean
  isContinued: boolean
}

async function run(args: Arguments, context: CommandContext): Promise<void> {
  await (args.records ? runRecords(args, context) : runDatabase(args, context))
}

/** Copies the records between stores of any kind. */
async function runRecords(args: Arguments, { env, stdout }: CommandContext): Promise<void> {
  const [from, to] = [parseRecordLocation(args.from), parseRecordLocation(args.to)]
  if (from.label === to.label) throw new CopyError('FROM and TO are the same store.')
  from.assertExists()
  const report = reportTo(stdout)
  const source = await from.open(env)
  try {
    const target = await to.open(env)
    try {
      const existing = args.overwrite ? 'overwrite' : args.isContinued ? 'continue' : 'refuse'
      await copyRecords(source, target, { existing, report })
      report.log('comparing both stores')
      const count = await compareRecords(source, target)
      report.log(`copied ${count} records from the ${source.label} to the ${target.label}, which holds no others`)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function runDatabase(args: Arguments, { stdout }: CommandContext): Promise<void> {
  const [from, to] = [parseLocation(args.from), parseLocation(args.to)]
  if (from.label === to.label) throw new CopyError('FROM and TO are the same database.')
  assertExists(from)
  const report = reportTo(stdout)
  const source = await openDatabase(from)
  try {
    const target = await openDatabase(to)
    try {
      await copyDatabase(source, target, { overwrite: args.overwrite, report })
      report.log('comparing both databases')
      const count = await verifyCopy(source, target)
      report.log(`copied ${count} documents from ${source.label} to ${target.label}, which holds nothing else`)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

function parse(args: readonly string[]): Arguments | undefined {
  const {
    values: { overwrite = false, records = false, continue: isContinued = false },
    positionals: [from, to, ...rest]
  } = parseArgs({
    args: [...args],
    options: { overwrite: { type: 'boolean' }, records: { type: 'boolean' }, continue: { type: 'boolean' } },
    allowPositionals: true
  })
  if (from === undefined || to === undefined || rest.length > 0) return undefined
  if (isContinued && (overwrite || !records)) return undefined
  return { from, to, overwrite, records, isContinued }
}

export const copyCommand: OperatorCommand<Arguments> = { usage, parse, run }

if (import.meta.main) await runCommand(copyCommand)
