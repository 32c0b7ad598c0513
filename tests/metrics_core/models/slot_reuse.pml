/* Reuse of slots: metrics_core/internal/read_section.h, family_core.h, cell_arena.h.
 *
 * Readers look a series up inside a read section and record into its run; one of them also takes a handle, which holds
 * a reference, and records through it after the section. A remover unlinks the series, waits for the grace period, gives
 * the family's reference back, and when no reference is left the run goes to another series. Claimed:
 *   - nobody records into a run after it was given to another series;
 *   - a section that is entered again counts as left.
 * A processor may hold a store back while later loads run: the note of a section goes through a buffer of one store,
 * which is emptied at any time, before the next store of that processor, and by membarrier.
 * SEEDED_BUG: the grace period begins without membarrier.
 */
#define READERS 2
#define SECTIONS 2

bool linked = true;        /* whether a look-up finds the series */
byte references = 1;       /* of the run: the family's, and one for each handle */
bool reused;

byte note[READERS];        /* 2 * sections left, and 1 more inside of one; as others see it */
bool is_buffered[READERS];
byte buffered[READERS];

inline flush(r) {
  atomic {
    if
    :: is_buffered[r] -> note[r] = buffered[r]; is_buffered[r] = false
    :: else
    fi
  }
}

inline store_note(r, value) {
  flush(r);
  atomic { buffered[r] = value; is_buffered[r] = true }
}

inline drop_reference() {
  atomic {
    references--;
    if
    :: references == 0 -> reused = true
    :: else
    fi
  }
}

/* Memory may take what a processor holds back at any moment. */
active [READERS] proctype Memory() {
  do
  :: is_buffered[_pid] -> flush(_pid)
  :: timeout -> break
  od
}

proctype Reader(byte r; bool takes_handle) {
  byte section;
  bool found, holds;
  section = 0;
  do
  :: section < SECTIONS ->
     store_note(r, 2 * section + 1);
     found = linked;
     if
     :: found ->
        assert(!reused);
        if
        :: takes_handle && !holds -> references++; holds = true
        :: else
        fi;
        assert(!reused)
     :: else
     fi;
     store_note(r, 2 * section + 2);
     section++
  :: else -> break
  od;
  if
  :: holds -> assert(!reused); drop_reference()
  :: else
  fi
}

proctype Remover() {
  byte seen[READERS];
  byte r;
  linked = false;
#ifndef SEEDED_BUG
  atomic {
    r = 0;
    do
    :: r < READERS -> flush(r); r++
    :: else -> break
    od
  }
#endif
  r = 0;
  do
  :: r < READERS -> seen[r] = note[r]; r++
  :: else -> break
  od;
  r = 0;
  do
  :: r < READERS ->
     /* Over for this reader when it was in no section, or has left the one it was in. */
     (seen[r] % 2 == 0 || note[r] / 2 != seen[r] / 2) -> r++
  :: else -> break
  od;
  drop_reference()
}

init {
  atomic {
    run Reader(0, true);
    run Reader(1, false);
    run Remover()
  }
}
