# shellcheck shell=bash
# Sourced by .ci/run and .ci/nightly: runs checks, measures their time, and decides which nightly checks are due.
# Needs $work, a folder for temporary files.
: "${work:?}"

say() { printf '\n== %s\n' "$*"; }
now_ms() { date +%s%3N; }

# Records the time of a step for the table at the end.
record_minutes() { # name, milliseconds
  awk -v name="$1" -v ms="$2" 'BEGIN { printf "%7.1f  %s\n", ms / 60000, name }' >> "$work/minutes"
}

# Runs a command and records its time.
timed() { # name, command…
  local name=$1 from status=0
  shift
  from=$(now_ms)
  "$@" || status=$?
  record_minutes "$name" $(($(now_ms) - from))
  return "$status"
}

# Runs npm scripts one after the other. Appends the names of those that fail to $work/failed and goes on.
run_checks() { # name:limit in seconds…
  local check
  for check in "$@"; do
    say "npm run ${check%:*}"
    timed "${check%:*}" timeout "${check##*:}" npm run "${check%:*}" || echo "${check%:*}" >> "$work/failed"
  done
}

failed_checks() { cat "$work/failed" 2> /dev/null || true; }

print_minutes() { # milliseconds of the whole run
  record_minutes 'total' "$1"
  say 'Minutes per step'
  cat "$work/minutes"
}

# Checks that are slow and whose inputs rarely change: npm script, limit in seconds, and the paths they depend on.
# They all run every night. .ci/run runs one only when its inputs changed, and never those that take longest.
readonly nightly_checks=(
  'check:damaged:1200 plugins/app/songs media/player test/songs scripts/system-packages.ts package-lock.json'
  'check:clients:600 contract routes plugins/external/docs.ts plugins/external/docs test/openapi .ci/clients'
  'check:start-page:900 web client contract package-lock.json test/load/start-page.ts .ci/start-page'
  'check:model:600 test/cluster/model'
  'check:replay:1800 plugins/app/replays plugins/app/songs/transcode test/replays test/recorded-show.ts'
  'check:real-show:1200 media plugins/app/recordings plugins/app/replays realtime test/replays test/audio-peers.ts'
  'check:faults:2700 realtime media plugins/app/shows plugins/app/comments plugins/app/operations plugins/external/redis
    plugins/external/redis.ts plugins/app/event-sequence plugins/app/event-totals plugins/app/live-values
    plugins/external/kafka plugins/external/kafka.ts processes package-lock.json test/faults test/realtime/cluster'
  'check:edge:1800 realtime media contract client web plugins config test/realtime test/attacks test/e2e test/edge'
  'check:records:1800 realtime contract client plugins config test/realtime test/attacks test/records
    test/standins/dynamodb package-lock.json'
  'check:worker:5400 scripts/worker media package-lock.json test/worker test/media/fuzz test/media/fuzz.test.ts
    test/media/datagrams.test.ts test/media/bare-worker.ts test/media/rtc-peer.ts'
  'check:mongo:2400 realtime contract plugins config routes test/realtime test/attacks test/plugins test/routes test/songs
    test/mongo test/standins/mongo-java scripts/run-tests package-lock.json'
  'check:slow:3600 app.ts server.ts client config contract deploy media nginx plugins processes realtime routes scripts web
    test package-lock.json'
  'check:image:1500 Dockerfile .dockerignore .npmrc package-lock.json media/worker-binary.ts
    scripts/image scripts/worker scripts/check-image scripts/check-image.ts
    scripts/command.ts scripts/progress.ts scripts/setup-error.ts scripts/system-packages.ts scripts/web-client.ts'
  'check:k8s:2700 k8s nginx deploy config docs/operators/kubernetes.md
    scripts/check-k8s scripts/check-k8s.ts test/standins/kubernetes'
)
# Left out by .ci/run: together they take more than an hour.
readonly only_at_night='check:replay check:real-show check:faults check:edge check:records check:worker check:mongo
  check:slow'
# Where no release tag exists: the inputs with which each check last passed. .ci/nightly --record writes it.
readonly nightly_record=.ci/nightly-passed

nightly_names() { printf '%s\n' "${nightly_checks[@]}" | grep -oE '^check:[^ ]+'; }

inputs_of() { # npm script
  local entry
  for entry in "${nightly_checks[@]}"; do
    # shellcheck disable=SC2086 # the paths are words
    [[ $entry != "$1:"* ]] || printf '%s\n' ${entry#* }
  done
}

# A hash of the committed contents of a check's inputs.
inputs_hash() { # npm script, commit
  local inputs
  mapfile -t inputs < <(inputs_of "$1")
  git ls-tree -r "$2" -- "${inputs[@]}" | git hash-object --stdin
}

release_tag() { git describe --tags --abbrev=0 --match 'v[0-9]*' 2> /dev/null; }

# Says why a nightly check is not due and returns 0, or returns 1 when it must run.
is_not_due() { # npm script
  local tag
  if tag=$(release_tag); then
    [[ $(inputs_hash "$1" "$tag") == "$(inputs_hash "$1" HEAD)" ]] || return 1
    say "npm run $1: skipped, its inputs are those of the release $tag"
  else
    grep -qxF "$1 $(inputs_hash "$1" HEAD)" "$nightly_record" 2> /dev/null || return 1
    say "npm run $1: skipped, no release tag exists and its inputs are those recorded in $nightly_record"
  fi
}
