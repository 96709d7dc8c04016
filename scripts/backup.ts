import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { generatedKeys } from './backup/keys.ts'
import { makeBackup } from './backup/make-backup.ts'
import { assertRecordsIncluded } from './backup/records-apart.ts'
import { databaseLocation, loadConfigWithoutKeys, openServerData } from './backup/server-data.ts'
import { assertExists, findRunningDatabase } from './database/location.ts'
import { runCommand, type CommandContext, type OperatorCommand } from './operator-command.ts'
import { reportTo } from './progress.ts'

const usage = `Writes the database and the objects of a server into a folder:
npm run backup -- FOLDER [--live] [--with-keys] [--without-records]

Takes the settings of the server: copies the database of MONGODB_URL or DATA_DIR and the storage of STORAGE_URL, then
reads the copy back and compares it. A server may keep running; pass --live if it may write during the backup.
--with-keys includes the keys that the server generated in DATA_DIR: anybody with such a backup can sign in as any
user. --without-records accepts that records in the DynamoDB of RECORDS_URL are not in the backup. Run the same command
again to continue an interrupted backup.
`

interface Arguments {
  folder: string
  live: boolean
  withKeys: boolean
  withoutRecords: boolean
}

async function run(args: Arguments, { env, stdout, stderr }: CommandContext): Promise<void> {
  const { folder, live, withKeys, withoutRecords } = args
  const config = loadConfigWithoutKeys(env)
  assertRecordsIncluded(config, withoutRecords)
  const location = databaseLocation(config)
  assertExists(location)
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')
  )
  const running = await findRunningDatabase(location)
  const data = await openServerData(config, stderr, running)
  const report = reportTo(stdout)
  try {
    const consistency = await makeBackup(data, folder, {
      version,
      live,
      isAlone: location.kind === 'embedded' && running === undefined,
      keysFrom: withKeys ? generatedKeys(env, config.DATA_DIR) : null,
      report
    })
    report.log(
      consistency === 'point'
        ? `${folder} is a consistent backup of one point in time`
        : `${folder} is a backup; it may lack changes that were made during the backup`
    )
  } finally {
    await data.close()
  }
}

function parse(args: readonly string[]): Arguments | undefined {
  const {
    values: { live = false, 'with-keys': withKeys = false, 'without-records': withoutRecords = false },
    positionals: [folder, ...rest]
  } = parseArgs({
    args: [...args],
    options: { live: { type: 'boolean' }, 'with-keys': { type: 'boolean' }, 'without-records': { type: 'boolean' } },
    allowPositionals: true
  })
  return folder !== undefined && rest.length === 0
    ? { folder: resolve(folder), live, withKeys, withoutRecords }
    : undefined
}

export const backupCommand: OperatorCommand<Arguments> = { usage, parse, run }

if (import.meta.main) await runCommand(backupCommand)
