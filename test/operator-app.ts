import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import { startApp, type RealApp } from './realtime/real-app.ts'

/** The real application and a signed-in operator. */
export interface OperatorApp extends RealApp {
  operator: { id: string; token: string }
}

/**
 * Starts the application in this process. OPERATOR_IDS names operators by id, so the account is written into the store
 * under an id that is chosen before the start.
 */
export async function startAppWithOperator(t: Test, settings: Record<string, string> = {}): Promise<OperatorApp> {
  const id = `operator-${randomBytes(8).toString('hex')}`
  const real = await startApp(t, { OPERATOR_IDS: id, AUTH_GUESTS: 'on', ...settings })
  const { app } = real
  await app.db
    .collection<{ _id: string }>('users')
    .insertOne(
      Object.assign(
        { _id: id },
        { displayName: 'Operator', avatarUrl: null, bio: '', links: [], guest: false, createdAt: new Date() }
      )
    )
  const user = await app.users.find(id)
  if (!user) throw new Error('operator account not found')
  const { accessToken: token } = app.tokens.issue(user, await app.sessions.open(id, 'test'))
  return { ...real, operator: { id, token } }
}
