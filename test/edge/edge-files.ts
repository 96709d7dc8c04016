import { globSync } from 'node:fs'
import { join } from 'node:path'
import { startsApplication } from '../../scripts/run-tests/test-files.ts'

/** Folders of the tests that run once more through an edge: rules of the room, attacks, and shows in a browser. */
const folders = ['test/realtime', 'test/attacks', 'test/e2e']

/** Files that would prove nothing more through an edge, or that cannot, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  'test/attacks/malformed.test.ts': 'sends only REST requests',
  'test/attacks/many-files.test.ts': 'sends only REST requests',
  'test/realtime/sockets/admission.test.ts': 'limits the connections of one node',
  'test/realtime/clock-steps.test.ts': 'sets the clock of its process, and the nodes have that of Redis',
  'test/realtime/comments-outage.test.ts': 'an edge answers before the home has given up, so the comment may be stored',
  'test/realtime/log-conflict.test.ts': 'a late conflict between nodes has tests of its own in test/realtime/cluster',
  'test/realtime/restore-time.test.ts': 'measures one node at its start',
  'test/realtime/songs-restart.test.ts': 'restarts both nodes, and either may become the home',
  'test/realtime/restarts.test.ts': 'restarts both nodes, and either may become the home',
  'test/realtime/drain.test.ts': 'stops one node with requests in progress',
  'test/realtime/drain-deadline.test.ts': 'stops one node with requests in progress',
  'test/realtime/drain-process.test.ts': 'stops one node with requests in progress',
  'test/realtime/restore-damaged.test.ts': 'restarts both nodes, and either may become the home',
  'test/e2e/media-metrics.test.ts': 'reads the figures of the node that has the sockets',
  'test/e2e/axe-pages.test.ts': 'shows pages, whatever sends them',
  'test/e2e/axe-show.test.ts': 'shows pages, whatever sends them',
  'test/e2e/axe-songs.test.ts': 'shows pages, whatever sends them',
  'test/e2e/axe-spotify.test.ts': 'shows pages, whatever sends them',
  'test/e2e/axe.test.ts': 'shows pages, whatever sends them',
  'test/e2e/budget.test.ts': 'shows pages, whatever sends them',
  'test/e2e/docs-page.test.ts': 'shows pages, whatever sends them',
  'test/e2e/layout-shift.test.ts': 'shows pages, whatever sends them',
  'test/e2e/planning.test.ts': 'has no live show',
  'test/e2e/first-show.test.ts': 'restarts both nodes, and either may become the home',
  'test/e2e/library.test.ts': 'has no live show',
  'test/e2e/library-keyboard.test.ts': 'has no live show',
  'test/e2e/sign-in.test.ts': 'has no live show'
}

/** These tests start nodes of their own. */
const ofSeveralNodes = /^test\/(realtime\/cluster\/|e2e\/two-nodes)/

/** Finds the test files that run through an edge, relative to the root. */
export function findEdgeFiles(root: string): string[] {
  return folders
    .flatMap(folder => globSync(`${join(folder)}/**/*.test.ts`, { cwd: root }).sort())
    .filter(file => startsApplication(root, file) && !ofSeveralNodes.test(file) && !(file in leftOut))
}
