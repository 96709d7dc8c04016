import { serveCachedFiles } from './cached-files.ts'
import { servePushMessages } from './push-messages.ts'
import type { WorkerScope } from './worker-scope.ts'

// Each part of the worker is a file of its own that adds its listeners here.
declare const self: WorkerScope
serveCachedFiles(self)
servePushMessages(self)
