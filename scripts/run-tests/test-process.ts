import { registerHooks } from 'node:module'

import './error-domain.ts'

/*
 * Loaded before each test file: gives tap another async-hook-domain, which takes less CPU time. A file that is started
 * without the runner uses the package.
 */
const url = import.meta.resolve('./error-domain.ts')
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'async-hook-domain'
      ? { url, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context)
})
