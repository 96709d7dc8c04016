import { serveCachedFiles } from './cached-files.ts'
import type { WorkerScope } from './worker-scope.ts'

// Each part of the worker is a file of its own that adds its listeners here, as the events of web push will.
declare const self: WorkerScope
serveCachedFiles(self)
