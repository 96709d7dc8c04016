import { join } from 'node:path'

import { ensureWebClient } from '../web-client.ts'

await ensureWebClient(join(import.meta.dirname, '..', '..'))
