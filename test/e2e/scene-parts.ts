import type { ServerProcess } from '../server-process.ts'
import type { Visitor } from './browser.ts'

/** Scenes in a file of their own get these parts, and sign their own visitors in. */
export interface SceneParts {
  theme: 'dark' | 'light'
  server: ServerProcess
  /** Takes a screenshot at each of these sizes. The page keeps the last size. */
  takeScreenshot: (visitor: Visitor, name: string, at?: ('phone' | 'wide')[]) => Promise<void>
}
