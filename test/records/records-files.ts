import { globSync } from 'node:fs'
import { startsApplication } from '../../scripts/run-tests/test-files.ts'

/** Folders of the tests that run once more with records in DynamoDB. */
const folders = ['test/realtime', 'test/attacks']

/** Files that would prove nothing more with records in DynamoDB, or that cannot, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  'test/attacks/malformed.test.ts': 'sends only REST requests that store nothing',
  'test/realtime/comments-outage.test.ts': 'interrupts the database to see comments wait',
  'test/realtime/slow-store.test.ts': 'slows the database down to see rooms wait',
  'test/realtime/overloaded-store.test.ts': 'overloads the database to see rooms wait',
  'test/realtime/removal-without-store.test.ts': 'interrupts the database to see rooms wait',
  'test/realtime/log-conflict.test.ts': 'writes a conflict into the database',
  'test/realtime/restore-damaged.test.ts': 'damages records in the database',
  'test/realtime/restore-time.test.ts': 'fills the database with a log, and measures how fast it is read'
}

/** Finds the test files that run with records in DynamoDB, relative to the root. */
export function findRecordsFiles(root: string): string[] {
  return folders
    .flatMap(folder => globSync(`${folder}/**/*.test.ts`, { cwd: root }).sort())
    .filter(file => startsApplication(root, file) && !(file in leftOut))
}
