/* Reuse of slots: metrics_core/internal/series/read_section.h, family_core.h, cell_arena.h.
 *
 * Readers look a series up inside a read section and record into its run, each into a cell of its own; one of them also
 * takes a handle, which holds a reference, and records through it after the section. A remover unlinks the series, waits
 * for the grace period, and gives the family's reference back. The one who gives the last reference back zeroes every
 * cell of the run and links a new series with it, which readers then find and record into. Claimed:
 *   - no reader records into a run between its last reference and its new series;
 *   - the new series shows its own recordings, all of them, and no others;
 *   - a section that is entered again counts as left.
 * A processor may hold a store back while later loads run: the stores of a reader go through a buffer of one store, which
 * is emptied at any time, before the next store of that processor, by a locked instruction, and by membarrier.
 * SEEDED_BUG: the grace period begins without membarrier.
 * SEEDED_EARLY_ZERO: the cells are zeroed when the series is unlinked, not when the last reference has gone.
 */
#define READERS 2
#define SECTIONS 3

bool linked = true;        /* whether a look-up finds the series */
bool linked_new;           /* or the next series, which has the same run */
byte references = 1;       /* of the run: the family's, and one for each handle */
bool reused;
byte ended;

/* In memory, as others see it. */
byte memory[2 * READERS];
#define note(r) memory[r]            /* 2 * sections left, and 1 more inside of one */
#define cell(r) memory[READERS + r]
byte recorded_new[READERS];

bool is_buffered[READERS];
byte place[READERS];
byte buffered[READERS];

inline flush(r) {
  atomic {
    if
    :: is_buffered[r] -> memory[place[r]] = buffered[r]; is_buffered[r] = false
    :: else
    fi
  }
}

inline store_note(r, what) {
  flush(r);
  atomic { buffered[r] = what; place[r] = r; is_buffered[r] = true }
}

/* A load and a store. What the processor may hold back at the load is a note. */
inline record(r) {
  value = cell(r);
  flush(r);
  atomic { buffered[r] = value + 1; place[r] = READERS + r; is_buffered[r] = true }
}

inline zero_cells() {
  cell(0) = 0;
  cell(1) = 0
}

inline drop_reference() {
  atomic { references--; is_last = references == 0 };
  if
  :: is_last ->
     reused = true;
#ifndef SEEDED_EARLY_ZERO
     zero_cells();
#endif
     linked_new = true
  :: else
  fi
}

/* Memory may take what a processor holds back at any moment. */
active [READERS] proctype Memory() {
  do
  :: is_buffered[_pid] -> flush(_pid)
  :: timeout -> break
  od
}

proctype Reader(byte r; bool takes_handle) {
  byte section, value;
  bool found, holds, is_last;
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
        record(r);
        assert(!reused)
     :: !found && linked_new ->
        record(r);
        recorded_new[r]++
     :: else
     fi;
     store_note(r, 2 * section + 2);
     section++
  :: else -> break
  od;
  if
  :: holds ->
     assert(!reused);
     record(r);
     flush(r);
     drop_reference()
  :: else
  fi;
  flush(r);
  ended++
}

proctype Remover() {
  byte seen[READERS];
  byte r;
  bool is_last;
  linked = false;
#ifdef SEEDED_EARLY_ZERO
  zero_cells();
#endif
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
  :: r < READERS -> seen[r] = note(r); r++
  :: else -> break
  od;
  r = 0;
  do
  :: r < READERS ->
     /* Over for this reader when it was in no section, or has left the one it was in. */
     (seen[r] % 2 == 0 || note(r) / 2 != seen[r] / 2) -> r++
  :: else -> break
  od;
  drop_reference();
  ended++
}

init {
  atomic {
    run Reader(0, true);
    run Reader(1, false);
    run Remover()
  };
  atomic {
    ended == READERS + 1 ->
    assert(cell(0) == recorded_new[0] && cell(1) == recorded_new[1])
  }
}
