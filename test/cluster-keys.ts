/** Settings of keys that all nodes of a test share. */
export const clusterKeys = { JWT_KEYS: `test:${'k'.repeat(32)}`, TOKEN_KEYS: `test:${'t'.repeat(32)}` } as const
