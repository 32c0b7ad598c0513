/* Handing shards over: metrics_core/internal/cells/shard.h.
 *
 * Threads take a shard from a pool, add to its cell by a plain load and a plain store, and give it back with its value
 * in place. A scraper adds up the cells of all shards in the order of their making. Claimed:
 *   - a shard has at most one owner, so that no addition is lost;
 *   - the scraper's sums never run backwards, and in the end are everything that was recorded;
 *   - there are no more shards than threads that were alive at once.
 * SEEDED_BUG: a thread gives its shard back and then records again, as a late destructor might.
 */
#define THREADS 3
#define AT_ONCE 2
#define RECORDINGS 2
#define SHARDS (AT_ONCE + 1)
#define NONE SHARDS

bool pool_locked;
byte made;              /* shards that exist; shard i was made i-th */
bool is_free[SHARDS];
byte owners[SHARDS];
byte cell[SHARDS];
byte alive;
byte exited;

#define LOCK atomic { !pool_locked -> pool_locked = true }
#define UNLOCK pool_locked = false

inline take(mine) {
  byte i;
  LOCK;
  mine = NONE;
  i = 0;
  do
  :: i < made && is_free[i] -> mine = i; is_free[i] = false; break
  :: i < made && !is_free[i] -> i++
  :: i == made -> break
  od;
  if
  :: mine == NONE -> mine = made; assert(made < AT_ONCE); made++
  :: else
  fi;
  owners[mine]++;
  assert(owners[mine] == 1);
  UNLOCK
}

inline give_back(mine) {
  LOCK;
  owners[mine]--;
  is_free[mine] = true;
  UNLOCK
}

inline record(mine) {
  byte value;
  value = cell[mine];
  cell[mine] = value + 1
}

proctype Recorder() {
  byte shard;
  byte n;
  take(shard);
  n = 0;
  do
  :: n < RECORDINGS -> record(shard); n++
  :: else -> break
  od;
#ifdef SEEDED_BUG
  give_back(shard);
  record(shard);
#else
  record(shard);
  give_back(shard);
#endif
  atomic { alive--; exited++ }
}

proctype Scraper() {
  byte last, sum, i;
  do
  :: exited < THREADS ->
     sum = 0;
     i = 0;
     do
     :: i < made -> sum = sum + cell[i]; i++
     :: else -> break
     od;
     assert(sum >= last);
     last = sum
  :: exited == THREADS -> break
  od;
  sum = 0;
  i = 0;
  do
  :: i < made -> sum = sum + cell[i]; i++
  :: else -> break
  od;
  assert(sum == THREADS * (RECORDINGS + 1))
}

init {
  byte started;
  run Scraper();
  do
  :: started < THREADS -> atomic { alive < AT_ONCE -> alive++; run Recorder(); started++ }
  :: else -> break
  od
}
