import { conflictRules } from './rules/conflict.ts'
import { existenceRules } from './rules/existence.ts'
import { membershipRules } from './rules/membership.ts'
import { permissionRules } from './rules/permission.ts'
import { pollConflicts, pollExistence, pollPermissions } from './rules/polls.ts'
import type { Rule } from './rules/rule.ts'
import { songRequestConflicts, songRequestExistence, songRequestPermissions } from './rules/song-requests.ts'
import { statusRules } from './rules/status.ts'

/**
 * The permission table: every rule about who may do what in a live room, in the order of the contract's codes
 * (membership, status, permission, existence, conflict). The first rule that refuses answers.
 */
export const rules: readonly Rule[] = [
  ...membershipRules,
  ...statusRules,
  ...permissionRules,
  ...pollPermissions,
  ...songRequestPermissions,
  ...existenceRules,
  ...pollExistence,
  ...songRequestExistence,
  ...conflictRules,
  ...pollConflicts,
  ...songRequestConflicts
]
