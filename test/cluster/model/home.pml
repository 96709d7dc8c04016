/*
 * The home of one show on two nodes, and an edge that sends it two commands (README.md).
 * Each other switch than FAULTS removes one guard; check.ts expects a counterexample for each.
 */
#define NODES 2
#define LOG 12 /* slots 1..11 */
#define STREAM 7
#define NOBODY 9
#ifndef FAULTS
#define FAULTS 2
#endif

/* Command 1 leaves two records, command 2 one. Only the last record of a command carries `last`. */
#define RECORDS(c) (3 - (c))
#define FENCE 3

/* The log: what MongoDB holds. Token 0: the slot is empty. */
byte logToken[LOG], logCause[LOG];
bit logLast[LOG];
byte tail; /* the highest slot that is taken */

/* Redis: the claim, the stream of the show. */
byte holder = NOBODY, holderToken;
byte streamToken[STREAM], streamSeq[STREAM], streamCause[STREAM];
byte streamLen;
bit wasEmptied, holdsOff;
bit wasSlow; /* a node lost its claim between claiming and asserting: it was paused, or cut from Redis */

/* Connection of a node to Redis: 3 renewed, 2 cut but still sure, 1 not sure any more, 0 its key has expired. */
byte link[NODES] = 3;
bit up[NODES] = 1;
#define isAlive(n) (link[n] > 0)
#define isCut(n) (link[n] < 3)

mtype = { idle, claimed, recovered, readLog, fenced, open };
mtype phase[NODES] = idle;
byte token[NODES];     /* of its fence record */
byte seq[NODES];       /* the last record in memory */
byte stored[NODES];    /* the last record that is surely in the log */
byte published[NODES]; /* the last record that was sent to the stream */
bit missedOne[NODES];  /* an entry was not published: followers ignore what comes after it */
bit checked[NODES];    /* the next command may be decided */
bit asserted[NODES];   /* the claim was asserted since the node was sure again */
bit deposed[NODES];    /* the claim was taken; pending writes may go on */
byte readUpTo[NODES];
typedef Causes { byte at[LOG] };
Causes memory[NODES];
typedef Answers { byte at[3] }; /* 0 unknown, 1 running, 2 done */
Answers answers[NODES];
typedef Known { bit at[3] };
Known earlier[NODES]; /* commands that the home before carried out */

byte inbox[NODES]; /* a command of the edge; 0: none */
byte current = 1; /* the command that the edge sends; 3: both were acknowledged */
byte faults = FAULTS;

/* ---- What must always hold ---- */

inline checkLog() {
  d_step {
    i = 1;
    k = 0; /* commands 1 and 2 that are complete: low and high digit */
    do
    :: i < LOG ->
      if
      :: logToken[i] != 0 ->
        assert(i == 1 || logToken[i - 1] != 0);            /* no hole */
        assert(i == 1 || logToken[i] >= logToken[i - 1]);  /* tokens never fall */
        if
        :: logLast[i] -> k = k + (logCause[i] == 1 -> 1 : 16)
        :: else
        fi
      :: else
      fi;
      i++
    :: else -> break
    od;
    assert(k % 16 <= 1 && k / 16 <= 1); /* each command at most once */
    i = 0; k = 0
  }
}

/* What followers heard is in the log behind the next fence, unless Redis lost the stream. */
inline checkHeard() {
  d_step {
    i = 0;
    do
    :: i < streamLen ->
      assert(wasEmptied || wasSlow || logToken[streamSeq[i]] == streamToken[i] || logToken[tail] <= streamToken[i]);
      i++
    :: else -> break
    od;
    i = 0
  }
}

inline checkAcknowledged(command) {
  d_step {
    i = 1;
    k = 0;
    do
    :: i < LOG -> k = k + (logLast[i] && logCause[i] == command); i++
    :: else -> break
    od;
    assert(k == 1);
    i = 0; k = 0
  }
}

/* ---- The log ---- */

inline put(slot, byToken, cause, isLast) {
  logToken[slot] = byToken;
  logCause[slot] = cause;
  logLast[slot] = isLast;
  if
  :: slot > tail -> tail = slot
  :: else
  fi
}

/* ---- A node ---- */

inline giveUp() {
  phase[n] = idle;
  token[n] = 0; seq[n] = 0; stored[n] = 0; published[n] = 0; readUpTo[n] = 0;
  missedOne[n] = 0; checked[n] = 0; deposed[n] = 0; asserted[n] = 0;
  earlier[n].at[1] = 0; earlier[n].at[2] = 0;
  /* A command that was not stored is answered UNAVAILABLE or "not home"; the edge sends it again. */
  if
  :: answers[n].at[1] == 1 -> answers[n].at[1] = 0
  :: else
  fi;
  if
  :: answers[n].at[2] == 1 -> answers[n].at[2] = 0
  :: else
  fi;
  i = 0;
  do
  :: i < LOG -> memory[n].at[i] = 0; i++
  :: else -> break
  od;
  i = 0
}

inline answer(done) {
  checkAcknowledged(done);
  current = (current == done -> current + 1 : current);
  inbox[n] = 0
}

proctype Node(byte n) {
  byte i, k;
  byte c;
  do
  /* Takeover: claim, recover the tail of the stream, read the log, append the fence, assert. */
  :: atomic { up[n] && phase[n] == idle && !isCut(n) && !holdsOff &&
      current < 3 && (holder == NOBODY || holder == n || !isAlive(holder)) ->
      if
      :: holder == 1 - n && up[1 - n] && phase[1 - n] != idle && phase[1 - n] != open -> wasSlow = 1
      :: else
      fi;
      holder = n;
      phase[n] = claimed }
  :: d_step { up[n] && phase[n] == claimed ->
#ifndef NO_RECOVERY
      i = 0;
      do
      :: i < streamLen ->
        if
        :: streamToken[i] == logToken[tail] && streamSeq[i] == tail + 1 ->
          k = streamCause[i];
          if
          :: RECORDS(k) == 2 -> put(tail + 1, streamToken[i], k, 0)
          :: else
          fi;
          c = tail + 1;
          put(c, streamToken[i], k, 1)
        /* The first record of the entry is stored already. */
        :: streamToken[i] == logToken[tail] && streamSeq[i] == tail && RECORDS(streamCause[i]) == 2 ->
          c = tail + 1;
          put(c, streamToken[i], streamCause[i], 1)
        :: else
        fi;
        i++
      :: else -> break
      od;
      i = 0; k = 0; c = 0;
#endif
      phase[n] = recovered }
  :: atomic { up[n] && phase[n] == recovered ->
      readUpTo[n] = tail;
      phase[n] = readLog;
      checkLog() }
#ifndef NO_FENCE
  :: atomic { up[n] && phase[n] == readLog ->
      assert(tail + 1 < LOG);
      c = tail + 1;
      put(c, c, FENCE, 0);
      token[n] = c;
      c = 0;
      phase[n] = fenced;
      checkLog();
      checkHeard() }
#else
  :: d_step { up[n] && phase[n] == readLog -> token[n] = tail + 1; phase[n] = fenced }
#endif
  :: atomic { up[n] && phase[n] == fenced && !isCut(n) ->
#ifndef NO_REREAD
      readUpTo[n] = token[n] - 1;
#endif
      /* Decisions start from the whole log. */
      assert(readUpTo[n] == token[n] - 1);
#ifndef NO_CAUSES
      i = 1;
      do
      :: i < token[n] ->
        if
#ifndef NO_LAST
        :: logLast[i] -> earlier[n].at[logCause[i]] = 1
#else
        :: logCause[i] == 1 || logCause[i] == 2 -> earlier[n].at[logCause[i]] = 1
#endif
        :: else
        fi;
        i++
      :: else -> break
      od;
      i = 0;
#endif
      if
#ifndef OPEN_ALWAYS
      :: holder == NOBODY || ((holder == n || !isAlive(holder)) && holderToken <= token[n]) ->
#else
      :: holder == NOBODY || holderToken < token[n] || (holder == n && holderToken == token[n]) ->
#endif
        holder = n;
        holderToken = token[n];
#ifdef NO_FENCE
        seq[n] = token[n] - 1;
#else
        seq[n] = token[n];
#endif
        stored[n] = seq[n];
        published[n] = seq[n];
        asserted[n] = 1;
        phase[n] = open
      :: else -> giveUp()
      fi }

  /* A command of the edge. */
  :: d_step { up[n] && inbox[n] && phase[n] != open -> inbox[n] = 0 }
  :: atomic { up[n] && inbox[n] && phase[n] == open && earlier[n].at[inbox[n]] -> answer(inbox[n]) }
  :: atomic { up[n] && inbox[n] && phase[n] == open && !earlier[n].at[inbox[n]] && answers[n].at[inbox[n]] == 2 ->
      answer(inbox[n]) }
  /* Before it is decided: a node that is not sure asks the log. */
  :: atomic { up[n] && inbox[n] && phase[n] == open && !checked[n] && !deposed[n] && !earlier[n].at[inbox[n]] &&
      answers[n].at[inbox[n]] == 0 && ((link[n] >= 2 && asserted[n]) || stored[n] == seq[n]) ->
      if
#ifdef NO_ASKING
      :: checked[n] = 1
#else
#ifdef SURE_AT_ONCE
      :: link[n] >= 2 -> checked[n] = 1
#else
      :: link[n] >= 2 && asserted[n] -> checked[n] = 1
#endif
      :: !(link[n] >= 2 && asserted[n]) && stored[n] == seq[n] && logToken[seq[n] + 1] == 0 -> checked[n] = 1
      :: !(link[n] >= 2 && asserted[n]) && stored[n] == seq[n] && logToken[seq[n] + 1] != 0 -> giveUp()
#endif
      fi;
      if
      /* A command that leaves no record would be acknowledged here. */
      :: checked[n] -> assert(wasEmptied || !(phase[1 - n] == open && token[1 - n] > token[n]))
      :: else
      fi }
  :: atomic { up[n] && inbox[n] && phase[n] == open && checked[n] && !deposed[n] && answers[n].at[inbox[n]] == 0 ->
      checked[n] = 0;
      assert(seq[n] + 2 < LOG);
      memory[n].at[seq[n] + 1] = inbox[n];
      if
      :: RECORDS(inbox[n]) == 2 -> memory[n].at[seq[n] + 2] = inbox[n]
      :: else
      fi;
      seq[n] = seq[n] + RECORDS(inbox[n]);
      answers[n].at[inbox[n]] = 1;
#ifdef ANSWER_EARLY
      answers[n].at[inbox[n]] = 2;
      answer(inbox[n])
#endif
    }

  /* Its events go to the stream. */
  :: atomic { up[n] && phase[n] == open && published[n] < seq[n] && !deposed[n] ->
      c = memory[n].at[published[n] + 1];
      if
      :: isCut(n) || holder == NOBODY || streamLen == STREAM -> missedOne[n] = 1
#ifndef PUBLISH_ALWAYS
      :: !isCut(n) && holder != NOBODY && !(holder == n && holderToken == token[n]) -> deposed[n] = 1
      :: !isCut(n) && holder == n && holderToken == token[n] && streamLen < STREAM ->
#else
      :: !isCut(n) && holder != NOBODY && streamLen < STREAM ->
#endif
        if
        :: !missedOne[n] ->
          streamToken[streamLen] = token[n];
          streamSeq[streamLen] = published[n] + 1;
          streamCause[streamLen] = c;
          streamLen++
        :: else
        fi
      fi;
      published[n] = published[n] + RECORDS(c);
      c = 0;
      checkHeard() }

  /* Its records go to the log, in order. */
  :: atomic { up[n] && phase[n] == open && stored[n] < seq[n] ->
      k = stored[n] + 1;
      c = memory[n].at[k];
      if
      :: logToken[k] == 0 ->
        put(k, token[n], c, (k + 1 > seq[n] || memory[n].at[k + 1] != c));
        stored[n] = k
      :: logToken[k] == token[n] -> stored[n] = k
#ifdef UNORDERED
      :: else -> stored[n] = k
#else
      :: else -> giveUp()
#endif
      fi;
      if
      :: phase[n] == open && c > 0 && stored[n] == k && (k == seq[n] || memory[n].at[k + 1] != c) ->
#ifdef UNORDERED
        answers[n].at[c] = 2
#else
        if
        :: logToken[k] == token[n] -> answers[n].at[c] = 2
        :: else
        fi
#endif
      :: else
      fi;
      c = 0; k = 0;
      checkLog() }

#ifndef NO_ASSERTING
  /* The claim is asserted again and again. */
  :: atomic { up[n] && phase[n] == open && !isCut(n) && !deposed[n] &&
      (!asserted[n] || holder != n || holderToken != token[n]) ->
      if
#ifdef ASSERT_ALWAYS
      :: true ->
#else
      :: holderToken < token[n] || holder == NOBODY || (holder == n && holderToken == token[n]) ->
#endif
        holder = n; holderToken = token[n]; asserted[n] = 1
#ifndef ASSERT_ALWAYS
      :: else -> deposed[n] = 1
#endif
      fi }
#endif
  /* A room that was deposed: its pending writes end first. */
  :: atomic { up[n] && phase[n] == open && deposed[n] && stored[n] == seq[n] -> giveUp() }
  :: atomic { !up[n] -> break }
  :: atomic { current == 3 -> break }
  od
}

/* ---- The edge: sends a command to the home until it is acknowledged ---- */

proctype Edge() {
  byte h;
  do
  :: atomic { current < 3 && holder != NOBODY && isAlive(holder) && up[holder] && phase[holder] == open &&
      !isCut(holder) && !inbox[holder] -> inbox[holder] = current }
  :: current == 3 -> break
  od
}

/* ---- Faults ---- */

proctype Faults() {
  byte v;
  do
  :: atomic { faults > 0 && up[0] && up[1] -> faults--; /* kill -9 */
      if
      :: v = 0
      :: v = 1
      fi;
      up[v] = 0; inbox[v] = 0;
      link[v] = (link[v] == 3 -> 2 : link[v]) }
  :: atomic { faults > 0 && link[0] == 3 && up[0] -> faults--; link[0] = 2 }
  :: atomic { faults > 0 && link[1] == 3 && up[1] -> faults--; link[1] = 2 }
  :: atomic { link[0] == 2 || link[0] == 1 -> link[0]--; if :: link[0] == 1 -> asserted[0] = 0 :: else fi }
  :: atomic { link[1] == 2 || link[1] == 1 -> link[1]--; if :: link[1] == 1 -> asserted[1] = 0 :: else fi }
  :: atomic { isCut(0) && up[0] -> link[0] = 3 }
  :: atomic { isCut(1) && up[1] -> link[1] = 3 }
  :: atomic { faults > 0 && (inbox[0] || inbox[1]) -> faults--; /* the edge sends a command again */
#ifdef NO_ANSWERS
      answers[0].at[1] = 0; answers[0].at[2] = 0; answers[1].at[1] = 0; answers[1].at[2] = 0;
#endif
      inbox[0] = 0; inbox[1] = 0
    }
  :: atomic { faults > 0 -> faults--; /* Redis starts again without data */
      holder = NOBODY; holderToken = 0; streamLen = 0; wasEmptied = 1; holdsOff = 1;
      v = 0;
      do
      :: v < STREAM -> streamToken[v] = 0; streamSeq[v] = 0; streamCause[v] = 0; v++
      :: else -> break
      od;
      v = 0 }
  /* Nobody claims until the homes that are connected have asserted their claims. */
  :: atomic { holdsOff && (phase[0] != open || !up[0] || isCut(0) || deposed[0] || holder == 0) &&
      (phase[1] != open || !up[1] || isCut(1) || deposed[1] || holder == 1) -> holdsOff = 0 }
  :: current == 3 -> break
  od
}

init {
  atomic {
    run Node(0);
    run Node(1);
    run Edge();
    run Faults()
  }
}
