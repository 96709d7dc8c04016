import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import { startApp, type RealApp } from './realtime/real-app.ts'

/** The real application with somebody who runs it. */
export interface OperatedApp extends RealApp {
  operator: { id: string; token: string }
}

/** Starts it in this process. Operators are named in the settings, so their account is put into the store under an id chosen before. */
export async function startWithOperator(t: Test, settings: Record<string, string> = {}): Promise<OperatedApp> {
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
  if (!user) throw new Error('the operator is not there')
  const { accessToken: token } = app.tokens.issue(user, await app.sessions.open(id, 'test'))
  return { ...real, operator: { id, token } }
}
