import { parseArgs } from 'node:util'
import { copyDatabase, verifyCopy } from './database/copy.ts'
import { assertExists, CopyError, openDatabase, parseLocation } from './database/location.ts'
import { runCommand, type CommandContext, type OperatorCommand } from './operator-command.ts'
import { reportTo } from './progress.ts'

const usage = `Copies a database: npm run db:copy -- FROM TO [--overwrite]

FROM and TO are embedded:FOLDER (the DATA_DIR of a server without MONGODB_URL) or mongodb://HOST/DATABASE.
Stop the servers that use them first. --overwrite replaces all data in TO.
`

interface Arguments {
  from: string
  to: string
  overwrite: boolean
}

async function run(args: Arguments, { stdout }: CommandContext): Promise<void> {
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
    values: { overwrite = false },
    positionals: [from, to, ...rest]
  } = parseArgs({ args: [...args], options: { overwrite: { type: 'boolean' } }, allowPositionals: true })
  return from !== undefined && to !== undefined && rest.length === 0 ? { from, to, overwrite } : undefined
}

export const copyCommand: OperatorCommand<Arguments> = { usage, parse, run }

if (import.meta.main) await runCommand(copyCommand)
