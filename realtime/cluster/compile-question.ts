import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Issue } from '../../contract/errors.ts'

/** Questions of other nodes may be longer than what clients send: the members of a show, for example. */
export function compileQuestion(schema: TSchema): (data: unknown) => Issue[] | null {
  const validator = Compile(schema)
  return data => (validator.Check(data) ? null : [{ path: '', message: 'does not fit the question' }])
}
