import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findMigrations } from '../plugins/app/operations/migrations/find.ts'
import { generatedKeys, keySettings } from './backup/keys.ts'
import { readManifest } from './backup/manifest.ts'
import { assertRecordsIncluded } from './backup/records-apart.ts'
import { checkBackup, restoreBackup } from './backup/restore-backup.ts'
import { loadConfigWithoutKeys, openServerData } from './backup/server-data.ts'
import { runCommand, type CommandContext, type OperatorCommand } from './operator-command.ts'
import { reportTo } from './progress.ts'

const usage = `Restores a backup: npm run restore -- FOLDER [--overwrite] [--check] [--without-records]

Takes the settings of the target server: MONGODB_URL or DATA_DIR, and STORAGE_URL. They may differ from those of the
backed-up server. Stop the servers first. Checks every file before it writes anything, and reads everything back at the
end. Rejects a database or storage that is not empty; --overwrite replaces all data in them. --check only checks the
backup and changes nothing. --without-records accepts that the DynamoDB of RECORDS_URL stays as it is.
`

interface Arguments {
  folder: string
  overwrite: boolean
  check: boolean
  withoutRecords: boolean
}

async function run(args: Arguments, { env, stdout, stderr }: CommandContext): Promise<void> {
  const { folder, overwrite, check, withoutRecords } = args
  const report = reportTo(stdout)
  const manifest = await readManifest(folder)
  const migrations = await findMigrations(join(import.meta.dirname, '..', 'plugins', 'app', 'operations', 'migrations'))
  await checkBackup(
    folder,
    manifest,
    migrations.map(({ name }) => name),
    report
  )
  const count = manifest.collections.reduce((sum, { count }) => sum + count, 0)
  const contents = `${count} documents and ${manifest.objects.length} objects of ${manifest.beganAt}`
  if (check) return report.log(`${contents}: every file is intact`)
  const config = loadConfigWithoutKeys(env)
  assertRecordsIncluded(config, withoutRecords)
  const data = await openServerData(config, stderr)
  const keysTo = generatedKeys(env, config.DATA_DIR)
  try {
    await restoreBackup(data, folder, manifest, { overwrite, keysTo, report })
    report.log(`restored ${contents} to ${data.label} and its storage, which hold nothing else`)
    const missing = keysTo.names.filter(name => !manifest.keys.some(key => key.name === name))
    if (missing.length > 0) {
      report.log(
        `the backup does not include ${missing.join(' and ')}: give the server its former keys ` +
          `(${missing.map(name => keySettings[name]).join(', ')}, or the files in its DATA_DIR)`
      )
    }
  } finally {
    await data.close()
  }
}

function parse(args: readonly string[]): Arguments | undefined {
  const {
    values: { overwrite = false, check = false, 'without-records': withoutRecords = false },
    positionals: [folder, ...rest]
  } = parseArgs({
    args: [...args],
    options: { overwrite: { type: 'boolean' }, check: { type: 'boolean' }, 'without-records': { type: 'boolean' } },
    allowPositionals: true
  })
  return folder !== undefined && rest.length === 0
    ? { folder: resolve(folder), overwrite, check, withoutRecords }
    : undefined
}

export const restoreCommand: OperatorCommand<Arguments> = { usage, parse, run }

if (import.meta.main) await runCommand(restoreCommand)
