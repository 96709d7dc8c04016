import { installRequirements, isGoal } from './requirements.ts'
import { SetupError } from './setup-error.ts'

const goal = process.argv[2]
if (!isGoal(goal)) {
  console.error('Usage: node scripts/setup.ts start|test|cluster')
  process.exit(2)
}

try {
  await installRequirements(goal)
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}\n` : error)
  process.exitCode = 1
}
